"""Data that is wrong is refused at load, with a message that names what is wrong."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from aims.catalogue import CatalogueError, load
from aims.catalogue.loading import DATA

Break = Callable[[str, str, str], str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the edition's data, to be changed at will."""
    return Path(shutil.copytree(DATA / "iso42001_2023", tmp_path / "edition"))


@pytest.fixture
def broken(folder: Path) -> Break:
    """Replace one text in one file of the copy, load it, and return why it was refused."""

    def refuse(name: str, old: str, new: str) -> str:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text, f"{name} no longer has {old!r}: this test tests nothing"
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(CatalogueError) as refusal:
            load(folder)
        return str(refusal.value)

    return refuse


def test_the_untouched_copy_loads(folder: Path) -> None:
    assert len(load(folder).requirements) == 138


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        # codes given twice
        ("clauses.yaml", "code: 4.1-b", "code: 4.1-a", "clauses.yaml: duplicate code '4.1-a'"),
        ("clauses.yaml", "code: '4.2'", "code: '4.1'", "clauses.yaml: duplicate code '4.1'"),
        ("annex_a.yaml", "code: A.2.3", "code: A.2.2", "annex_a.yaml: duplicate code 'A.2.2'"),
        ("schedule_rules.yaml", "code: SR02", "code: SR01", "schedule rules: duplicate code 'SR01'"),
        ("terms_22989.yaml", "term: AI agent", "term: AI system", "terms: duplicate code 'AI system'"),
        ("ml_23053.yaml", "code: output_type", "code: output", "ML form: duplicate code 'output'"),
        ("risk_23894.yaml", "code: R02", "code: R01", "example risks: duplicate code 'R01'"),
        ("crosswalks.yaml", "code: '4.2'", "code: '4.1'", "crosswalks: duplicate code '4.1'"),
        # links that lead nowhere
        ("clauses.yaml", "- A.9.4", "- A.9.9", "4.1: unknown link 'A.9.9'"),
        ("clauses.yaml", "- A.9.4", "- '4.1'", "4.1: unknown link '4.1'"),
        (
            "clauses.yaml",
            "record_type: context_issue",
            "record_type: issue",
            "4.1-a: unknown record_type 'issue'",
        ),
        ("annex_a.yaml", "- C.2.1\n", "- C.2.12\n", "A.2.2: unknown objective 'C.2.12'"),
        ("annex_a.yaml", "- C.3.6", "- C.3.8", "A.3.2: unknown risk source 'C.3.8'"),
        ("annex_a.yaml", "- inception", "- conception", "A.2.2: unknown life cycle stage 'conception'"),
        ("annex_a.yaml", "area: A.6.1\n", "area: A.6\n", "A.6.1.2: unknown area 'A.6'"),
        ("annex_c_d.yaml", "- A.10.2", "- A.10.9", "C.2.1: unknown suggested control 'A.10.9'"),
        ("crosswalks.yaml", "code: A.10.4", "code: A.10.5", "A.10.4"),
        ("schedule_rules.yaml", "clauses: ['10.2']", "clauses: ['10.3']", "SR30: unknown clause '10.3'"),
        ("risk_23894.yaml", "- RS4", "- RS9", "R01: unknown risk source 'RS9'"),
        ("risk_23894.yaml", "  - reduce", "  - avoid topics", "R01: unknown treatment option 'avoid topics'"),
        (
            "terms_22989.yaml",
            "target: design_development",
            "target: design",
            "life cycle: unknown stage 'design'",
        ),
        ("fr.yaml", "'4.1':", "'4.9':", "fr: unknown code '4.9'"),
        # counts
        ("edition.yaml", "leaves: 32", "leaves: 33", "32 leaf clauses where the edition has 33"),
        ("edition.yaml", "controls: 38", "controls: 39", "38 controls where the edition has 39"),
        ("clauses.yaml", "permission: true", "permission: false", "0 permissions where the edition has 1"),
        # the decision tree
        (
            "eu_ai_act/2024-08-01.yaml",
            "any: TRANSPARENCY",
            "any: TRANSPARENT",
            "2024-08-01: Q11: unknown outcome",
        ),
        (
            "eu_ai_act/2024-08-01.yaml",
            "date: '2024-08-01'\n  sources",
            "date: '2024-07-31'\n  sources",
            "rules are of",
        ),
        (
            "ai_act_support.yaml",
            "[competence_record,",
            "[competence,",
            "Art. 4: unknown record_type 'competence'",
        ),
        ("ai_act_support.yaml", "'7.3', A.4.6]", "'7.3', A.4.9]", "Art. 4: unknown clause 'A.4.9'"),
        (
            "ai_act_support.yaml",
            "standards: [prEN 18228]",
            "standards: [prEN 1]",
            "Art. 9: unknown standard 'prEN 1'",
        ),
        ("ai_act_support.yaml", "- ref: Art. 86", "- ref: Art. 87", "answers to duties: none for Art. 86"),
        ("ai_act_support.yaml", "- code: 1(b)", "- code: 1(a)", "annex-iv: duplicate code '1(a)'"),
        ("crosswalks.yaml", "level: more", "level: much", "crosswalks.yaml.entries[0]"),
        ("eu_ai_act/2026-11-24.yaml", "none: Q11", "none: Q12", "Q8: unknown target 'Q12'"),
        ("eu_ai_act/2026-11-24.yaml", "'yes': Q4b", "'yes': Q5", "Q4b: cannot be reached from Q1"),
        (
            "eu_ai_act/2026-11-24.yaml",
            "any: TRANSPARENCY",
            "any: TRANSPARENT",
            "Q11: unknown outcome 'TRANSPARENT'",
        ),
        ("eu_ai_act/2026-11-24.yaml", "        none: Q6\n", "", "Q5: answer 'none' leads nowhere"),
        # the life cycle, the form, the scales
        (
            "terms_22989.yaml",
            "target: deployment",
            "target: inception",
            "life cycle: deployment cannot be reached",
        ),
        ("ml_23053.yaml", "type: user_ref", "type: person", "ML form owner: unknown type 'person'"),
        ("risk_23894.yaml", "max: 4", "max: 3", "risk band medium: 5 to 9, expected to start at 4"),
        ("risk_23894.yaml", "likelihood: 3", "likelihood: 6", "R01: rating outside the scales"),
        # dates and durations
        (
            "eu_ai_act/2026-11-24.yaml",
            "date: '2024-07-12'",
            "date: '2024-07-32'",
            "eu_ai_act/2026-11-24.yaml.timeline[0].date",
        ),
        (
            "schedule_rules.yaml",
            "date: 2026-12-02",
            "date: 2026-12-03",
            "legal date 2026-12-03 is not in the timeline",
        ),
        ("schedule_rules.yaml", "every: 12 months", "every: yearly", "SR01.every: not a duration: 'yearly'"),
        ("schedule_rules.yaml", "after: audit_closing, ", "", "SR03: a deadline needs the event"),
        # the shape of the data
        ("clauses.yaml", "app_check:", "app_chek:", "4.1-c: unknown app_chek"),
        ("clauses.yaml", "        record_type: context_issue\n", "", "4.1-a: missing record_type"),
        ("clauses.yaml", "code: '4.1'\n", "code: 4.1\n", "4.1 is not a str"),
        (
            "clauses.yaml",
            "documented_information: not_required",
            "documented_information: maybe",
            "'maybe' is none of",
        ),
        (
            "fr.yaml",
            "'4':\n",
            "'4':\n  objective: x\n",
            "fr 4: translates objective, which the English does not",
        ),
        (
            "fr.yaml",
            "    - Montrez-moi où",
            "    - Et\n    - Montrez-moi où",
            "fr 5.2: 4 auditor_questions for 3 in English",
        ),
        ("clauses.yaml", "clauses:\n", "chapters:\n", "clauses.yaml: missing clauses"),
    ],
)
def test_wrong_data_is_refused_and_named(broken: Break, name: str, old: str, new: str, message: str) -> None:
    assert message in broken(name, old, new)


def test_a_lost_line_is_noticed(broken: Break, folder: Path) -> None:
    text = (folder / "clauses.yaml").read_text(encoding="utf-8")
    start = text.index("      - code: 4.4-b")
    line = text[start : text.index("      - code: 4.4-c")]
    assert "137 lines where the edition has 138" in broken("clauses.yaml", line, "")


def test_a_key_given_twice_is_refused_with_its_place(broken: Break) -> None:
    message = broken("clauses.yaml", "    pdca: plan\n", "    pdca: plan\n    pdca: do\n")
    assert "clauses.yaml" in message
    assert "duplicate key 'pdca'" in message
    assert "line 1" in message


@pytest.mark.parametrize(
    "text", ["", "- a list\n", "a: [1\n", "a: !!python/object/apply:os.getcwd []\n", "<: &a *a\n"]
)
def test_a_file_that_is_not_plain_data_is_refused(folder: Path, text: str) -> None:
    (folder / "terms_22989.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"terms_22989\.yaml"):
        load(folder)


def test_an_absent_file_is_named(folder: Path) -> None:
    (folder / "crosswalks.yaml").unlink()
    with pytest.raises(CatalogueError, match=r"crosswalks\.yaml"):
        load(folder)


def test_all_problems_are_told_at_once(broken: Break, folder: Path) -> None:
    edition = folder / "edition.yaml"
    edition.write_text(
        edition.read_text(encoding="utf-8").replace("leaves: 32", "leaves: 31"), encoding="utf-8"
    )
    message = broken("clauses.yaml", "- A.9.4", "- A.9.9")
    assert "32 leaf clauses where the edition has 31" in message
    assert "unknown link 'A.9.9'" in message
