"""Gates and failing cases as JUnit XML, which continuous integration shows beside its tests."""

import re
from collections.abc import Iterable
from xml.etree import ElementTree as ET

from evals.failure_taxonomy import MEANING
from evals.gates import GateReport, GateResult
from evals.runs import ScoreRecord
from evals.summary import by_case

# What XML 1.0 cannot hold, not even escaped.
_ILLEGAL = re.compile(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(report: GateReport, scores: Iterable[ScoreRecord] = ()) -> str:
    """Returns an XML document with a suite of the gates and, given scores, one of the cases that failed.

    A gate that failed is a failure, one that could not be decided an error; what was not compared is skipped. Programs
    that read the file may count failing cases as failed tests although the gates hold: leave them out there.

    Source: https://github.com/testmoapp/junitxml, since JUnit publishes no schema.
    """
    root = ET.Element("testsuites", name=_text(f"untoc-eval gate {report.candidate}"))
    _suite(root, "gates", _gates(report))
    failing = [_case(case.case, MEANING[case.stage], case.stage) for case in by_case(scores) if case.stage is not None]
    if failing:
        _suite(root, "cases", failing)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _suite(root: ET.Element, name: str, tests: list[ET.Element]) -> None:
    suite = ET.SubElement(root, "testsuite", name=name, tests=str(len(tests)))
    for count, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(count, str(sum(test.find(tag) is not None for test in tests)))
    suite.extend(tests)


def _gates(report: GateReport) -> list[ET.Element]:
    tests = [_gate(result) for result in report.results]
    for number, problem in enumerate(report.problems, start=1):
        test = _test("untoc-eval.gates", f"comparable {number}")
        ET.SubElement(test, "error", type="invalid", message=_text(problem))
        tests.append(test)
    for name in report.left_out:
        test = _test("untoc-eval.gates.soft", name)
        ET.SubElement(test, "skipped", message="applies to no case of either run")
        tests.append(test)
    return tests


def _gate(result: GateResult) -> ET.Element:
    test = _test(f"untoc-eval.gates.{result.kind}", result.metric)
    tag = {"fail": "failure", "invalid": "error"}.get(result.verdict)
    if tag is None:
        ET.SubElement(test, "system-out").text = _text(f"{result.verdict}: {result.reason}")
    else:
        ET.SubElement(test, tag, type=result.verdict, message=_text(result.reason))
    return test


def _case(name: str, message: str, kind: str) -> ET.Element:
    test = _test("untoc-eval.cases", name)
    ET.SubElement(test, "failure", type=kind, message=_text(message))
    return test


def _test(classname: str, name: str) -> ET.Element:
    return ET.Element("testcase", classname=classname, name=_text(name))


def _text(value: str) -> str:
    """Returns text without the characters that XML cannot hold; markup is escaped on writing."""
    return _ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", value)
