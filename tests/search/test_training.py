"""Training the model of needs: what it learns from a few phrases, and that a written model reads the same."""

import pytest

from search.needs_model import load, ngrams, spelled_out
from search.needs_training import Phrase, cross_validate, digest, figures, train

FEW = [
    Phrase(text, (need,))
    for need, texts in {
        "shopping": (
            "fetch my groceries",
            "bread and milk from the shop",
            "a bag of shopping carried",
            "the shop is too far",
            "groceries brought",
        ),
        "garden-maintenance": ("cut the grass", "the hedge is too high", "weeds on the path", "mow the lawn", "the grass and the hedge"),
        "using-it": (
            "my tablet will not switch on",
            "an email I cannot open",
            "the laptop is slow",
            "open a video call",
            "my laptop and email",
        ),
    }.items()
    for text in texts
]


@pytest.fixture(scope="module")
def model():
    return train(FEW)


def test_a_phrase_is_read_as_it_was_labelled(model):
    assert all(max(read, key=read.__getitem__) == phrase.needs[0] for phrase in FEW if (read := model.read(phrase.text)))


def test_words_and_pieces_lead_to_the_need_of_their_phrases(model):
    read = model.read("who could trim hedges and lawns")
    assert max(read, key=read.__getitem__) == "garden-maintenance"
    assert model.read("zzz qqq") == {}


def test_a_written_model_reads_the_same(model, tmp_path):
    model.save(tmp_path / "model.npz")
    again = load(tmp_path / "model.npz")
    assert again.read("the grass is high") == pytest.approx(model.read("the grass is high"), rel=1e-3)
    assert again.trained_on == digest(FEW)
    assert again.words == model.words


def test_training_gives_the_same_table_every_time(model):
    again = train(FEW)
    assert (again.weights == model.weights).all()
    assert (again.known == model.known).all()


def test_every_phrase_is_held_out_once():
    assert sum(found.count for found in cross_validate(FEW, folds=3)) == len(FEW)


def test_local_speech_and_shorthand_are_written_out():
    assert spelled_out("T'owd fence") == ["the", "old", "fence"]
    assert spelled_out("Pt has OPA re T2DM") == ["patient", "has", "outpatient", "appointment", "re", "diabetes"]
    words, pieces = ngrams("fences fall")
    assert words == ["fenc", "fall", "fenc fall"]
    assert "\x01_fe" in pieces


def test_figures_of_nothing_are_nothing():
    assert figures([], []).count == 0


def test_names_are_known_from_words_of_everyday_use():
    again = train(
        [
            *FEW,
            *(
                Phrase(text, ("shopping",))
                for text in ("the shop in Holmfirth", "to Holmfirth by bus", "up Holmfirth way", "the bus to Holmfirth")
            ),
        ]
    )
    assert again.knows("holmfirth")
    assert not again.everyday("holmfirth")
    assert again.everyday("the")


def test_what_speaks_for_all_needs_alike_is_left_out_of_the_table(model):
    assert abs((model.weights * model.scale).sum(axis=1)).max() < len(model.needs) * model.scale.max()
