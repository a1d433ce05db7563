"""What an event weighs: Goldstein's scale of conflict and cooperation, carried over to PLOVER's types.

Goldstein (1992), "A Conflict-Cooperation Scale for WEIS Events Data", Journal of Conflict Resolution 36(2), 369-385,
gives each of WEIS's 61 categories a weight from -10 (military attack) to 8.3 (military assistance), a panel's mean
judgement. A PLOVER type weighs the mean of the WEIS categories that it takes in; its sign is that of its quad class.
"""

from __future__ import annotations

from statistics import fmean

from tasks.reading.record import EventType

WEIS: dict[EventType, dict[str, float]] = {
    "AGREE": {"081 make substantive agreement": 6.5, "082 agree to future action": 3.0},
    "CONSULT": {"031 meet": 1.0, "032 visit": 1.9, "033 receive visit": 2.8},
    "SUPPORT": {"041 praise": 3.4, "042 endorse": 3.6},
    "CONCEDE": {
        "013 admit wrongdoing": 2.0, "061 express regret": 1.8, "065 suspend sanctions": 2.9, "066 release": 1.9,
    },
    "COOPERATE": {"064 grant privilege": 5.4, "073 give other assistance": 6.5},
    "AID": {"071 extend economic aid": 7.4, "072 extend military assistance": 8.3, "073 give other assistance": 6.5},
    "RETREAT": {"011 yield": 0.6, "012 retreat": 0.6, "066 release": 1.9},
    "REQUEST": {"094 request action": -0.1, "150 demand": -4.9},
    "ACCUSE": {"121 criticize, blame": -2.2, "122 denounce": -3.4},
    "REJECT": {"111 turn down proposal": -4.0, "112 refuse": -4.0},
    "THREATEN": {
        "171 threat": -4.4, "172 threat of sanctions": -5.8, "173 threat of force": -7.0, "174 ultimatum": -6.9,
    },
    "PROTEST": {"131 informal complaint": -1.9, "132 formal complaint": -2.4, "181 demonstration": -5.2},
    "SANCTION": {
        "191 cancel planned event": -2.2, "192 reduce activity": -4.1, "193 reduce aid": -5.6,
        "194 halt negotiation": -3.8, "195 break relations": -7.0,
    },
    "MOBILIZE": {"182 armed force mobilization or display": -7.6},
    "COERCE": {"201 expel person": -5.0, "202 expel organization": -4.9, "212 detain": -4.4},
    "ASSAULT": {"221 destructive action": -8.3, "222 destruction, injury": -8.7, "223 military engagement": -10.0},
}  # fmt: skip
"""By PLOVER type: the WEIS categories it takes in, each with Goldstein's weight."""

WEIGHTS: dict[str, float] = {type_: round(fmean(found.values()), 2) for type_, found in WEIS.items()}
"""By PLOVER type: from -9.0 (ASSAULT) to 7.4 (AID); above zero is cooperation, below it conflict."""

COUNTED = frozenset({"happened", "planned", "claimed"})
"""Statuses that weigh. What is denied or only imagined is shown beside them and never counted."""
