"""Searches, and what goes wrong with them."""

from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import bpy
from common import MODULE, arguments, armature, choose, connect, empty_scene, install, state, tell, trouble

told = arguments()
empty_scene()
install(told["package"])
search = bpy.ops.lavimo.search

connect(told["address"], told["token"])
no_words = trouble(search)
state().words = "a person walks"
search()
first = state().hits[0]
by_words = {name: getattr(first, name) for name in ("name", "captions", "description", "licence", "score")}
by_words["others"] = len(state().hits) - 1
pictures = __import__(f"{MODULE}.search", fromlist=["pictures"]).pictures
sizes = sorted({tuple(picture.image_size) for picture in pictures.values()})

state().most = 2
search()
most = len(state().hits)
state().most = 12
state().words = "qwrtz"
search()
unknown = state().unknown

state().words = "a person kicks"
search()
choose(told["kicks"])
bpy.ops.lavimo.take_new()
bpy.context.view_layer.objects.active = armature()
bpy.ops.lavimo.search_by_action()
by_action = [hit.name for hit in state().hits]

connect(told["address"], "wrong")
wrong_token = trouble(search)
connect("http://127.0.0.1:9")
nobody = trouble(search)
connect("http://motions.example:8000")
elsewhere = trouble(search)
other = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
Thread(target=other.serve_forever, daemon=True).start()
connect(f"http://127.0.0.1:{other.server_port}")
another = trouble(search)
connect("mocap")
no_address = trouble(search)
tell(
    by_words=by_words, by_action=by_action, pictures=[len(pictures), sizes], most=most, unknown=unknown,
    troubles={
        "no_words": no_words, "wrong_token": wrong_token, "nobody": nobody, "elsewhere": elsewhere,
        "another": another, "no_address": no_address,
    },
    message=state().message,
)  # fmt: skip
