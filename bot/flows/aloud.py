"""Replies of helper mode in words to be read to somebody: the text, and what can be picked"""

from dataclasses import replace

from bot.flows.turn import Turn
from bot.messages import Reply
from bot.notices import spoken


def read_out(turn: Turn, reply: Reply) -> Reply:
    """A reply with everything written short said in full."""
    said = turn.house.programme.said
    choices = tuple(replace(one, label=spoken.aloud(one.label, said)) for one in reply.choices)
    return replace(reply, text=spoken.aloud(reply.text, said), choices=choices)
