# SPDX-License-Identifier: Apache-2.0
"""Captions as people send them, and as they are served again."""

import pytest

from vitrina.broadcast.webvtt import BadCaptions, Cue, parse, write

SENT = """\ufeffWEBVTT - Acta

STYLE
::cue { background: url(https://elsewhere.example/x) }

NOTE nobody reads this

1
00:01.000 --> 00:04.500 align:start line:0
<v Presidenta>Se abre el <b>acto</b> &amp; se lee &lt;1&gt;

01:00:00.000 --> 01:00:02.000
Dos
líneas
"""


def test_a_file_is_read_and_only_its_words_are_written_again():
    cues = parse(SENT.replace("\n", "\r\n").encode())

    assert cues == [Cue(1000, 4500, "Se abre el acto & se lee <1>"), Cue(3_600_000, 3_602_000, "Dos\nlíneas")]
    again = write(cues)
    assert parse(again.encode()) == cues
    assert "url(" not in again and "<v" not in again and "align" not in again


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "WEBVTT"),
        (b"1\n00:00:01,000 --> 00:00:02,000\nSRT", "WEBVTT"),
        (b"WEBVTT\n\n00:01.000 --> 00:00.500\nx", "antes"),
        (b"WEBVTT\n\n00:99.000 --> 00:00.500\nx", "no se puede leer"),
        (b"WEBVTT\n\nhola\nmundo", "tiempo"),
        (b"WEBVTT\n\n00:01.000 --> 00:02.000\n\xff", "UTF-8"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n\u202ex".encode(), "caracteres"),
        (b"WEBVTT\n\nNOTE x", "subt"),
    ],
)
def test_what_is_no_webvtt_is_refused_with_its_place(data, said):
    with pytest.raises(BadCaptions) as bad:
        parse(data)
    assert said in bad.value.said
