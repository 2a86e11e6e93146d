"""Faults in outputs and losses."""

from __future__ import annotations

from tests.mutants.base import LAST_LAYER, Faults, crosses_entropy, matches, puts_in, with_line

NO_FAULT = {
    "what fastai gives the model and its loss is not seen": (
        "softmax_at_the_end_of_forward fastai_learner.py:36",
        "nll_of_logits fastai_learner.py:49",
    ),
    "whether this model is given labels is not seen": (
        "softmax_before_the_loss hf_trainer.py:21",
        "nll_of_logits hf_trainer.py:15",
    ),
}


@puts_in("CNN201")
def softmax_at_the_end_of_forward(text: str) -> Faults:
    if crosses_entropy(text):
        for row, match in matches(text, r"(\s*return )(self\.(?:fc2?|linear|out|head|classifier)\(.*\))$"):
            yield row, with_line(text, row, f"{match[1]}{match[2]}.softmax(dim=1)")


@puts_in("CNN201")
def softmax_as_last_layer(text: str) -> Faults:
    if crosses_entropy(text) or "class VGG" in text:
        for row, match in matches(text, LAST_LAYER):
            made = f"{match['layer']}, nn.Softmax(dim=1)"
            alone = not match["comma"]
            held = f"nn.Sequential({made})" if alone else made + ","
            yield row, with_line(text, row, match["before"] + held)


@puts_in("CNN201")
def softmax_before_the_loss(text: str) -> Faults:
    if crosses_entropy(text):
        call = r"(.*(?:criterion|loss_fn|cross_entropy)\()((?:self\.)?(?:\w+\(\w+\)|\w+)|self)(, \w+\).*)$"
        for row, match in matches(text, call):
            if not match[0].lstrip().startswith("def "):
                yield row, with_line(text, row, f"{match[1]}torch.softmax({match[2]}, 1){match[3]}")


@puts_in("CNN202")
def logits_loss_after_a_sigmoid(text: str) -> Faults:
    if "nn.Sigmoid()," in text:
        for row, match in matches(text, r"(.* = )nn\.(?:BCE|MSE)Loss\(\)$"):
            yield row, with_line(text, row, match[1] + "nn.BCEWithLogitsLoss()")


@puts_in("CNN202")
def sigmoid_before_the_logits_loss(text: str) -> Faults:
    if "BCEWithLogitsLoss" in text:
        for row, match in matches(text, r"(\s*return )(self\.outc\(x\))$"):
            yield row, with_line(text, row, f"{match[1]}torch.sigmoid({match[2]})")
        for row, match in matches(text, r"(.*\bbce\()(\w+)(, .*)$"):
            yield row, with_line(text, row, f"{match[1]}{match[2]}.sigmoid(){match[3]}")


@puts_in("CNN203")
def nll_of_logits(text: str) -> Faults:
    for row, match in matches(text, r"(.*)(?:nn\.CrossEntropyLoss\([^()]*\)|F\.cross_entropy\()(.*)$"):
        made = "F.nll_loss(" if "F.cross" in match[0] else "nn.NLLLoss()"
        yield row, with_line(text, row, match[1] + made + match[2])


@puts_in("CNN203")
def probabilities_or_logits_to_nll(text: str) -> Faults:
    for row, match in matches(text, r"(\s*return )F\.log_softmax\((.*), dim=1\)$"):
        yield row, with_line(text, row, f"{match[1]}F.softmax({match[2]}, dim=1)")
        yield row, with_line(text, row, match[1] + match[2])


@puts_in("CNN214")
def class_chosen_over_the_batch(text: str) -> Faults:
    for row, match in matches(text, r"(.*(?:\.argmax\(|\.max\(|torch\.max\(\w+, )(?:dim=)?)-?1\b(.*)$"):
        if "size" not in match[0]:
            yield row, with_line(text, row, f"{match[1]}0{match[2]}")
