package view

// Answer is what a question about the past found out, in the reader's words. Numbers that may not fit into 53 bits are text.
type Answer struct {
	Title string   `json:"title"`
	Found bool     `json:"found"`
	Text  []string `json:"text"`  // a few sentences
	Facts []Fact   `json:"facts"` // what it is made of
	Place *Place   `json:"place,omitempty"`

	Now  uint64 `json:"now"`  // the moment before it
	Done uint64 `json:"done"` // the moment behind it

	Tables []Table `json:"tables,omitempty"` // of a comparison

	Source *Place `json:"source,omitempty"` // printed: where in the program's memory it was, at Now
}

// Fact is a line of an answer.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Place is what a question is about: a register or flag, bytes, the entry of a page table, a frame.
type Place struct {
	Kind     string `json:"kind"` // register, byte, physical, entry, frame
	Register string `json:"register,omitempty"`
	PID      int32  `json:"pid,omitempty"`  // whose addresses; 0: those of CR3
	Addr     string `json:"addr,omitempty"` // hexadecimal; of a frame its number
	N        int    `json:"n,omitempty"`    // bytes
	Level    int    `json:"level,omitempty"`
}

// Table is a part of a comparison.
type Table struct {
	Title string     `json:"title"`
	Head  []string   `json:"head"`
	Rows  [][]string `json:"rows"`
	More  int        `json:"more"`            // rows that are left out
	Frame []string   `json:"frame,omitempty"` // of each row the frame whose bytes can be shown, hexadecimal
}

// Add appends a row.
func (t *Table) Add(row ...string) { t.Rows = append(t.Rows, row) }

// Cut keeps n rows and returns how many it left out.
func (t *Table) Cut(n int) int {
	left := max(0, len(t.Rows)-n)
	t.Rows = t.Rows[:len(t.Rows)-left]
	if len(t.Frame) > n {
		t.Frame = t.Frame[:n]
	}
	return left
}
