import pytest

from relens.photo.xmp import find_xmp, parse_xmp, xmp_number, xmp_numbers, xmp_structures

_OPEN = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
_CLOSE = b"</rdf:RDF></x:xmpmeta>"


def test_attributes_elements_and_sequences() -> None:
    body = (
        b'<rdf:Description xmlns:a="urn:a/" a:one="1.5"><a:two> x </a:two>'
        b"<a:three><rdf:Seq><rdf:li>4</rdf:li><rdf:li>5</rdf:li></rdf:Seq></a:three></rdf:Description>"
    )
    [(position, xmp)] = find_xmp(b"\0\xff noise" + _OPEN + body + _CLOSE + b"noise")
    assert position == 8
    assert xmp_number(xmp, "{urn:a/}one") == 1.5
    assert xmp["{urn:a/}two"] == "x"
    assert xmp["{urn:a/}three"] == ("4", "5")
    assert xmp_number(xmp, "{urn:a/}three") is None
    assert xmp_number(xmp, "{urn:a/}two") is None


def test_structures_in_every_way_of_writing_them() -> None:
    body = (
        b'<rdf:Description xmlns:a="urn:a/"><a:list><rdf:Seq>'
        b'<rdf:li><a:Thing a:n="1" a:deep="x"/></rdf:li>'
        b'<rdf:li rdf:parseType="Resource"><a:n>2</a:n><a:part rdf:parseType="Resource"><a:deep>y</a:deep></a:part>'
        b"</rdf:li><rdf:li><rdf:Description><a:n>3</a:n></rdf:Description></rdf:li></rdf:Seq></a:list>"
        b'<a:one><rdf:Description a:inside="4"/></a:one></rdf:Description>'
    )
    xmp = parse_xmp(_OPEN + body + _CLOSE)
    assert xmp is not None
    things = xmp_structures(xmp, "{urn:a/}list")
    assert [xmp_number(thing, "{urn:a/}n") for thing in things] == [1, 2, 3]
    assert [thing.get("{urn:a/}deep") for thing in things] == ["x", "y", None]
    # What stands in a list is not the packet's own; what stands in a structure is.
    assert "{urn:a/}n" not in xmp and xmp_number(xmp, "{urn:a/}inside") == 4
    assert xmp_structures(xmp, "{urn:a/}inside") == []


@pytest.mark.parametrize(
    ("value", "numbers"),
    [(("1", "2.5"), (1, 2.5)), (("1", "x"), ()), ("12", ()), (({"a": "1"}, "2"), ())],
)
def test_numbers_are_all_or_none(value, numbers: tuple[float, ...]) -> None:
    assert xmp_numbers({"n": value}, "n") == numbers


def test_packets_come_in_the_order_of_the_file() -> None:
    packets = [_OPEN + b'<rdf:Description xmlns:a="urn:a/" a:n="%d"/>' % n + _CLOSE for n in (1, 2)]
    assert [xmp_number(xmp, "{urn:a/}n") for _, xmp in find_xmp(b"..".join(packets))] == [1, 2]


@pytest.mark.parametrize(
    "damage",
    [
        _OPEN + b"<rdf:Description>" + _CLOSE,
        b"<x:xmpmeta><!DOCTYPE bomb [<!ENTITY a 'aaaa'>]></x:xmpmeta>",
        _OPEN + b"<rdf:Description",
        b"<x:xmpmeta>" + b" " * (64 << 20) + b"</x:xmpmeta>",
        _OPEN + b"<a/>" * 30_000 + _CLOSE,
        _OPEN + b"<a " + b" ".join(b'a%d=""' % n for n in range(30_000)) + b"/>" + _CLOSE,
        _OPEN + b"<a>\x00\xff</a>" + _CLOSE,
    ],
)
def test_damage_and_entities_are_passed_over(damage: bytes) -> None:
    assert list(find_xmp(damage)) == []
