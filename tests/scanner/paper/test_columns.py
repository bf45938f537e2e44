"""Pins the guess of the columns by headers in seven languages and by contents, and the corrections by hand."""

from __future__ import annotations

import pytest

from scanner.paper.columns import Column, Layout, guess_columns, parse_mapping
from scanner.paper.csv_table import read_csv
from scanner.paper.knowledge import load_knowledge
from scanner.paper.table import PaperError

KNOWN = load_knowledge()


def layout(text: str, **chosen: str) -> Layout:
    table = read_csv(text.encode(), "t.csv")
    return guess_columns(table, KNOWN, {Column(name): value for name, value in chosen.items()})


@pytest.mark.parametrize(
    "header",
    [
        "No,Description,Manufacturer,Model No.,Qty,Purchase date,Serial number,MAC address,IP,Location",
        "Nr,Përshkrimi,Prodhuesi,Modeli,Sasia,Data e blerjes,Numri serik,Adresa MAC,Adresa IP,Lokacioni",
        "Rb,Naziv,Proizvođač,Tip,Količina,Datum nabavke,Serijski broj,MAC adresa,IP adresa,Lokacija",
        "Рб,Назив,Произвођач,Модел,Количина,Датум набавке,Серијски број,МАК адреса,ИП адреса,Локација",
        "Pos,Bezeichnung,Hersteller,Typ,Menge,Kaufdatum,Seriennummer,MAC-Adresse,IP-Adresse,Standort",
        "№,Наименование,Производитель,Модель,Кол-во,Дата поставки,Серийный номер,MAC-адрес,IP-адрес,Место установки",
        "序号,设备名称,品牌,型号,数量,采购日期,序列号,MAC地址,IP地址,安装地点",
        "N°,Désignation,Marque,Modèle,Quantité,Date d’achat,Numéro de série,Adresse MAC,Adresse IP,Emplacement",
    ],
)
def test_headers_of_seven_languages_and_three_scripts(header: str) -> None:
    found = layout(header + "\n" + ",".join("x" * 10) + "\n")
    order = ["description", "brand", "model", "quantity", "date", "serial", "mac", "ip", "location"]
    assert found.header == 0
    assert {column.value: index for column, index in found.columns.items()} == {n: i for i, n in enumerate(order, 1)}


def test_a_header_below_a_letterhead_is_found() -> None:
    found = layout("Ministria\nTender 12/2021,,\nMarka,Modeli,Sasia (copë)\nDahua,IPC-HFW1230S,3\n")
    assert found.header == 2
    assert found.columns[Column.QUANTITY] == 2


def test_without_a_header_the_contents_decide() -> None:
    rows = "\n".join(f"{n},Dahua,DH-IPC-HFW123{n}S,a long description of it,1{n},2019-11-2{n}" for n in range(1, 6))
    found = layout(rows)
    assert found.header is None
    assert {c.value: i for c, i in found.columns.items()} == {
        "brand": 1, "model": 2, "description": 3, "quantity": 4, "date": 5,
    }  # fmt: skip
    assert all("contents" in line for line in found.describe())


def test_a_combined_column_of_brand_and_model_is_found_by_its_contents() -> None:
    found = layout("Marka dhe modeli i ofruar,Sasia\nDahua IPC-HFW1230S,3\nHikvision DS-2CD2032-I,4\n")
    assert found.columns[Column.MODEL] == 0


def test_the_guess_is_shown() -> None:
    lines = layout("Marka,Modeli\nDahua,IPC-HFW1230S\n").describe()
    assert lines == ("brand: column 1, by its header 'Marka'", "model: column 2, by its header 'Modeli'")


def test_a_choice_by_header_or_number_wins_and_none_switches_off() -> None:
    text = "A,B,C,Data\nDahua,IPC-HFW1230S,3,soon\n"
    found = layout(text, model="3", brand="b", date="none")
    assert (found.columns[Column.MODEL], found.columns[Column.BRAND]) == (2, 1)
    assert Column.DATE not in found.columns
    assert "chosen as '3'" in " ".join(found.describe())


def test_a_choice_takes_the_column_from_what_was_guessed() -> None:
    found = layout("Marka,Modeli\nDahua,IPC-HFW1230S\n", description="Modeli")
    assert found.columns == {Column.BRAND: 0, Column.DESCRIPTION: 1}


@pytest.mark.parametrize("value", ["Zeta", "9", "0"])
def test_a_column_that_is_not_there_is_refused_with_those_that_are(value: str) -> None:
    with pytest.raises(PaperError, match=r"there are 2 columns: 'Marka', 'Modeli'"):
        layout("Marka,Modeli\nDahua,IPC-HFW1230S\n", model=value)


def test_mapping_words() -> None:
    assert parse_mapping(["model=Typ", "QUANTITY = 3"]) == {Column.MODEL: "Typ", Column.QUANTITY: "3"}
    for wrong in ("model", "modell=3", "model=", "=3"):
        with pytest.raises(PaperError, match="COLUMN=HEADER"):
            parse_mapping([wrong])


def test_nothing_recognisable_is_not_usable() -> None:
    assert not layout("1,2\n3,4\n").usable
