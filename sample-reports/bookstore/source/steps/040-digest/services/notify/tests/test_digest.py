from notify.digest import Digest


def test_groups_by_reason():
    digest = Digest()
    digest.add("ada", "The Waves", "New from Virginia Woolf")
    digest.add("ada", "Orlando", "New from Virginia Woolf")
    digest.add("ada", "Emma", "Cheaper")
    assert digest.text("ada") == "Cheaper:\n- Emma\n\nNew from Virginia Woolf:\n- Orlando\n- The Waves"


def test_the_same_title_is_named_once():
    digest = Digest()
    digest.add("ada", "Emma", "Cheaper")
    digest.add("ada", "Emma", "Cheaper")
    assert digest.text("ada") == "Cheaper:\n- Emma"
