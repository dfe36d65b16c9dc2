"""Reading pickles without running them: what is rejected, and that nothing moves."""

import copyreg
import pickle
import struct
import sys

import pytest

from lavimo.body.unpickle import MOST_OPERATIONS, unpickle


def refused(data):
    with pytest.raises(ValueError, match="found"):
        unpickle(data)


class Extension:
    """A class that an extension code stands for."""

    made = 0

    def __init__(self):
        type(self).made += 1


def test_extension_codes_reach_nothing_even_when_python_has_them_cached():
    copyreg.add_extension(__name__, "Extension", 0xF0)
    try:
        module = sys.modules.setdefault(__name__, sys.modules.get(__name__) or type(sys)(__name__))
        module.Extension = Extension
        call = b"\x80\x02\x82\xf0)R."
        assert isinstance(pickle.loads(call), Extension)
        assert Extension.made == 1
        refused(call)
        assert Extension.made == 1
    finally:
        copyreg.remove_extension(__name__, "Extension", 0xF0)
        copyreg.clear_extension_cache()


def word(text):
    return b"X" + struct.pack("<I", len(text)) + text.encode()


def test_a_hostile_state_changes_nothing():
    import scipy.sparse as sp

    before = sp.csc_matrix.toarray
    slots = b"}" + word("toarray") + b"K\x01s"
    refused(b"\x80\x02cscipy.sparse._csc\ncsc_matrix\nN" + slots + b"\x86b.")
    refused(b"\x80\x02cnumpy\nndarray\n}" + word("sum") + b"K\x01sb.")
    refused(b"\x80\x02]}" + word("append") + b"K\x01sb.")
    assert sp.csc_matrix.toarray is before
    state = b"}(" + b"".join(word(key) + b"K\x01" for key in ("__class__", "__dict__", "__reduce__", "array")) + b"u"
    value = unpickle(b"\x80\x02cchumpy.ch\nCh\n)\x81" + state + b"b.")
    assert type(value).__name__ == "Recorded"
    assert value.state == dict.fromkeys(("__class__", "__dict__", "__reduce__", "array"), 1)


@pytest.mark.parametrize(
    "data",
    [
        b"\x80\x02Pid\n.",  # a persistent id
        b"\x80\x02(cnumpy\nndarray\no.",  # Python 2's instances
        b"(inumpy\nndarray\n.",
        b"\x80\x05\x97.",  # a buffer outside the file
        b"\x80\x02K\x01K\x02R.",  # a call of a number
        b"\x80\x02cnumpy\nndarray\n)R)R.",  # a call of an array
        b"\x80\x02cnumpy\nndarray.tofile\n)R.",
        b"\x80\x04" + b"\x8c\x06chumpy\x8c\x02os\x93\x8c\x06system\x93.",
        b"\x80\x04K\x01K\x02\x93.",
        b"\x80\x02cchumpy/../os\nsystem\n.",
        b"\x80\x02ccopyreg\n_reconstructor\n)R.",
        b"\x80\x02X\xff\xff\xff\xffabc.",  # more than there is
        b"\x80\x02T\xff\xff\xff\xffabc.",
        b"\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\x7fabc.",
        b"\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\xffabc.",
        b"\x80\x02r\xff\xff\xff\xff.",  # a memo of nothing
        b"\x80\x02h\x05.",
        b"\x80\x02.",
        b"\x80\x02t.",
        b"\x80\x06N.",
        b"S'abc\n.",
        b"Ix\n.",
        b"I" + b"9" * 100_000 + b"\n.",
        b"\x80\x02}]K\x01s.",  # a list as a key
        b"\x80\x02}NK\x01s.",
        b"]" * (MOST_OPERATIONS + 1),
    ],
    ids=lambda data: repr(data[:40]),
)
def test_operations_that_no_array_needs_are_refused(data):
    refused(data)


def test_a_far_memo_takes_no_memory():
    assert unpickle(b"\x80\x02K\x07r\xff\xff\xff\xff0j\xff\xff\xff\xff.") == 7


def test_a_pickle_is_read_as_python_reads_it():
    value = {
        "words": ["", "ä", "x" * 300, "😀"], "bytes": [b"", b"\x00\xff", b"y" * 300], "none": None,
        "numbers": [0, 1, -1, 255, 256, 65536, -(2**31), 2**31, 2**70, -(2**70), 1.5, float("inf"), True, False],
        "tuples": [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)], 7: {"deeper": {}},
    }  # fmt: skip
    value["shared"] = value["words"]
    for protocol in range(3, 6):
        assert unpickle(pickle.dumps(value, protocol)) == value
    del value["bytes"]
    for protocol in range(3):
        assert unpickle(pickle.dumps(value, protocol)) == value
