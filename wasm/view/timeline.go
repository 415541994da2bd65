package view

// Timeline is where the present moment lies in what has been run. Times are units of Now.
type Timeline struct {
	First, Now, End     uint64 // the branch's: from power-on to how far it has been run
	Retired, EndRetired uint64
	Past                bool // the machine is before the end of the branch
	Branch              int  // the present one
	Branches            []Branch
	Micro               uint8 // of the present instruction that micro-steps have shown, 0 none
}

// Branch is one future.
type Branch struct {
	Name      string
	From, End uint64 // when it left its parent, and how far it has been run
	Parent    int    // -1 of the first
}

// Job is long work under way; Of is 0 when there is none. Done is at most Of.
type Job struct {
	Name     string
	Done, Of uint64
}

// TimelineMap is a timeline with the names that scripts use.
func TimelineMap(t *Timeline) map[string]any {
	branches := make([]any, len(t.Branches))
	for i, b := range t.Branches {
		branches[i] = map[string]any{"name": b.Name, "from": float64(b.From), "end": float64(b.End), "parent": b.Parent}
	}
	return map[string]any{"first": float64(t.First), "now": float64(t.Now), "end": float64(t.End), "retired": float64(t.Retired),
		"endRetired": float64(t.EndRetired), "past": t.Past, "branch": t.Branch, "branches": branches, "micro": int(t.Micro)}
}

// JobMap is a job with the names that scripts use.
func JobMap(j *Job) map[string]any {
	return map[string]any{"name": j.Name, "done": float64(j.Done), "of": float64(j.Of)}
}
