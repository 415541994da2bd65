package kernel

// RunStateNames are the words for the run states, as shown.
var RunStateNames = [...]string{User: "user", Invoke: "invoke", Sleep: "sleep", Stopped: "stopped", Zombie: "zombie", Dead: "dead"}

func (r RunState) String() string { return RunStateNames[r] }

// Edge is a step that a task can take from one run state to another, and why.
type Edge struct {
	From, To RunState
	Why      string
}

// RunGraph is every step there is; no other is ever taken.
var RunGraph = []Edge{
	{User, Invoke, "system call"},
	{Invoke, User, "system call done"},
	{Invoke, Sleep, "blocks"},
	{Sleep, Invoke, "woken"},
	{User, Stopped, "stop signal"},
	{Invoke, Stopped, "stop signal"},
	{Sleep, Stopped, "another thread took a stop signal"},
	{Stopped, User, "continued"},
	{Stopped, Invoke, "continued"},
	{User, Zombie, "killed"},
	{Invoke, Zombie, "exit, or killed"},
	{Sleep, Zombie, "another thread ended the process"},
	{Stopped, Zombie, "another thread ended the process"},
	{Zombie, Dead, "waited for"},
}

// edges is RunGraph as one set of targets for each state.
var edges = func() (set [len(RunStateNames)]uint8) {
	for _, e := range RunGraph {
		set[e.From] |= 1 << e.To
	}
	return set
}()

// setRun takes a step of the graph.
func (t *Task) setRun(to RunState) {
	if edges[t.Run]>>to&1 == 0 {
		panic("BUG: run state " + t.Run.String() + " to " + to.String())
	}
	t.Run = to
}
