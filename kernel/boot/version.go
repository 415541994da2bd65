package boot

// Version numbers what the machine does with a tape: it goes up by one whenever some run has another hash than before, and
// never otherwise. Links carry it. testdata/links holds links made by each version; a test replays those of this one, and
// fails when the number should have gone up. (As long as nobody has seen a version, its links may be made anew instead.)
const Version = 1
