import pytest

from relens.photo.xmp import find_xmp, xmp_number

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
