package sys

// FlagValues are the values that a set of flags names, for tests; with one they exclude each other.
func FlagValues(set string) (values []uint64, one bool) {
	s := flagSets[set]
	for _, f := range s.flags {
		values = append(values, f.value)
	}
	if s.base != "" {
		base, _ := FlagValues(s.base)
		values = append(values, base...)
	}
	return values, s.enum
}
