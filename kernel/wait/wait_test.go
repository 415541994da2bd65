package wait

import "testing"

func TestMatches(t *testing.T) {
	s := On(Never, Key{PipeRead, 3}, Key{TTYRead, 5})
	for _, c := range []struct {
		key  Key
		want bool
	}{{Key{PipeRead, 3}, true}, {Key{PipeRead, 4}, false}, {Key{TTYRead, 5}, true}, {Key{}, false}} {
		if got := s.Matches(c.key); got != c.want {
			t.Errorf("Matches(%v) = %v", c.key, got)
		}
	}
	if s.Reason != PipeRead {
		t.Errorf("Reason = %v", s.Reason)
	}
}

func TestManyKeysBecomeAny(t *testing.T) {
	k := Key{PipeRead, 1}
	s := On(Never, k, k, k, k, k)
	if !s.Matches(Key{TTYRead, 9}) || s.Matches(Key{Child, 9}) {
		t.Error("AnyIO must match file kinds and nothing else")
	}
}
