package view

// Prediction are the answers to a question about what the machine does next, in the reader's words.
type Prediction struct {
	Choices []Choice   `json:"choices"`
	Answer  string     `json:"answer"` // the ID of a choice
	Reveal  RevealStep `json:"reveal"`
}

// Choice is a possible answer.
type Choice struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// RevealStep is the Command that plays what the answer says.
type RevealStep struct {
	Kind string  `json:"kind"`
	N    float64 `json:"n,omitempty"`
	Text string  `json:"text,omitempty"`
}
