#!/usr/bin/env python3
"""Writes the seed corpus of each fuzzer: seeds.py PROJECT_DIR CORPUS_DIR."""
import base64
import json
import pathlib
import sys

project_dir, corpus_dir = map(pathlib.Path, sys.argv[1:3])


def load(name):
    return json.loads((project_dir / "tests/vectors" / name).read_text())


def text_of(vector, member):
    if member + "_base64" in vector:
        return base64.b64decode(vector[member + "_base64"])
    return vector[member].encode()


def seed(fuzzer, texts):
    folder = corpus_dir / fuzzer
    folder.mkdir(parents=True)
    for i, text in enumerate(texts):
        (folder / f"{i:04}").write_bytes(text)


requests = load("requests_valid.json") + load("requests_invalid.json")
seed("request_codec_fuzz", [text_of(vector, "envelope") for vector in requests])
responses = load("responses.json")
cells = load("values.json")["cells"]
seed("response_codec_fuzz",
     [text_of(vector, "response") for part in responses.values() for vector in part]
     + [text_of(vector, "value") for vector in cells])
letters = load("dead_letters.json")
seed("dead_letter_fuzz",
     [text_of(vector, "dead_letter") for part in letters.values() for vector in part])
example = (project_dir / "sqlbus.ini.example").read_bytes()
# Sections one by one as well: a mutation of the whole seldom stays valid.
seed("settings_fuzz", [example] + [b"[" + part for part in example.split(b"\n[")[1:]])
seed("insert_text_fuzz", [
    b"INSERT INTO t (a, b) VALUES ($1, $2)",
    b"insert into s.\"T\"\"x\" values (-1, 1.5e3, 'it''s', E'a\\n', $x$y$x$, null, true) ;",
    b"INSERT/* /* */ */INTO--x\nt(a)VALUES(1)",
])
statements = [
    b"INSERT INTO t (a, b) VALUES (?, ?)",
    b"SELECT `a``b`, \"c\", 'd\\'e''f', $x$y$x$ FROM t /* c */ WHERE a = ? -- x\n;",
    b"UPDATE t SET a = :1, b = @p1 # x\nWHERE c IN (1, 0x1f, N'x') RETURNING a",
    b"/*!50000 SELECT 1 */",
    b"SET STATEMENT max_statement_time = 1 FOR SELECT [a] FROM t",
]
seed("statement_text_fuzz", statements)
seed("sql_mask_fuzz", statements + [
    b"SELECT q'[it's]', 'a\\', \"b\" -- it's\n FROM `t` WHERE x = .5e-3 AND y = $$z$$",
])
