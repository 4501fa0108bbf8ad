from xml.etree import ElementTree as ET

from evals.gates import Gates, HardGate, SoftGate, check_gates
from evals.junit import junit
from tests.evals.scored import run, score

QUOTES = "integrity.quotes"


def _report(scores, baseline=None, **gates):
    return check_gates(Gates(minimum_cases=1, resamples=100, **gates), run(scores), baseline)


def test_gates_are_tests_of_the_first_suite():
    scores = [score("a", components={QUOTES: (1.0, 2.0)}), score("b")]
    hard = (HardGate(metric="quote_verified", at_least=1), HardGate(metric="failed", at_most=0),
            HardGate(metric="metadata", at_least=0.99))  # fmt: skip
    report = _report(scores, run(scores), hard=hard, soft=(SoftGate(metric="right"), SoftGate(metric="state_set_f1")))

    (gates,) = ET.fromstring(junit(report))

    assert gates.attrib == {"name": "gates", "tests": "5", "failures": "1", "errors": "1", "skipped": "1"}
    tests = {(test.get("classname"), test.get("name")): test for test in gates}
    failure = tests["untoc-eval.gates.hard", "quote_verified"].find("failure")
    assert failure.get("message") == "Quotations exact: 50 % (1 of 2), at least 100 % is needed"
    assert tests["untoc-eval.gates.hard", "metadata"].find("error").get("type") == "invalid"
    assert tests["untoc-eval.gates.soft", "state_set_f1"].find("skipped") is not None
    assert tests["untoc-eval.gates.soft", "right"].findtext("system-out").startswith("pass: ")


def test_what_makes_a_run_undecidable_is_an_error():
    (gates,) = ET.fromstring(junit(_report([score("a")], soft=(SoftGate(metric="right"),))))

    assert gates.get("errors") == "1"
    assert "--baseline" in gates.find("testcase/error").get("message")


def test_failing_cases_are_a_second_suite():
    scores = [score("a"), score("b", stage="not_retrieved")]

    _, cases = ET.fromstring(junit(_report(scores), scores))

    assert (cases.get("name"), cases.get("tests"), cases.get("failures")) == ("cases", "1", "1")
    assert cases.find("testcase").get("name") == "b"
    assert cases.find("testcase/failure").attrib == {
        "type": "not_retrieved", "message": "search did not find the evidence"
    }  # fmt: skip


def test_text_is_escaped_and_stays_legal():
    name = '<a href="x">&\'{}{}{}</a>'

    text = junit(_report([score("a")]), [score(name.format("\x00", "\x1b", "\uffff"), stage="misread")])

    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites')
    assert "<!" not in text
    assert ET.fromstring(text)[1][0].get("name") == name.format(*["\N{REPLACEMENT CHARACTER}"] * 3)
