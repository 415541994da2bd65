// Package wait names what a task can sleep on. It is the vocabulary only: package kernel puts tasks to sleep and wakes them.
package wait

// Kind says what sort of thing a Key names.
type Kind uint8

// The kinds of things waited for. The ID that goes with each is in brackets.
const (
	None        Kind = iota
	AnyIO            // any file may have become ready: every wake-up of a file kind wakes it [0]
	PipeRead         // a pipe got bytes or lost its last writer [pipe ID]
	PipeWrite        // a pipe got room or lost its last reader [pipe ID]
	PipeOpen         // a FIFO got a partner [pipe ID]
	TTYRead          // a terminal has a line or a character to read [device number]
	TTYWrite         // a terminal takes output again [device number]
	SocketRead       // a socket got something to read or accept, or its state changed [socket ID]
	SocketWrite      // a socket has room again, or its state changed [socket ID]
	SignalFile       // a signal was sent to a process, blocked or not [TGID]
	ProcessEnd       // a process ended [TGID]
	EventFile        // an eventfd or the like changed [inode number]
	FileLock         // an advisory lock was given back [inode ID]
	Inode            // a call that was in the middle of a file is through with it [inode ID]
	Child            // a child changed state [PID of the parent]
	Vfork            // a vfork child gave back the address space [PID of the child]
	Futex            // a futex was woken [physical address]
	Signal           // only a signal ends the sleep: pause, sigsuspend [PID]
	Timer            // only the deadline ends the sleep: nanosleep [PID]
	NumKinds
)

// names are Linux's wchan-like words for /proc and diagrams.
var names = [NumKinds]string{"", "io", "pipe_read", "pipe_write", "fifo_open", "tty_read", "tty_write", "socket_read", "socket_write", "signalfd", "pidfd", "eventfd", "lock", "inode", "wait", "vfork", "futex", "signal", "timer"}

// String names the kind.
func (k Kind) String() string {
	if k < NumKinds {
		return names[k]
	}
	return "?"
}

// IsFile tells whether a wake-up of this kind also wakes AnyIO sleepers.
func (k Kind) IsFile() bool { return k >= PipeRead && k <= EventFile }

// Key names one thing a task can sleep on.
type Key struct {
	Kind Kind
	ID   uint64
}

// Any is the key of poll and select over more files than fit in a State.
var Any = Key{Kind: AnyIO}

// Outcome tells why a sleep ended. The waker writes it.
type Outcome uint8

// The outcomes.
const (
	Sleeping    Outcome = iota // not ended
	Event                      // the thing waited for happened
	Timeout                    // the deadline passed
	Interrupted                // a signal is to be delivered
	Killed                     // a fatal signal is to be delivered
)

// MaxKeys is how many keys one sleep can name.
const MaxKeys = 4

// Never is the Deadline of a sleep without one.
const Never = ^uint64(0)

// Reason is what the task is doing while it sleeps, for `ps` and the diagrams: the kind of its first key.
type Reason = Kind

// State is a task's sleep: plain data, part of the task.
type State struct {
	Reason   Reason
	Keys     [MaxKeys]Key
	N        uint8   // keys in use
	Outcome  Outcome // written by the waker
	Deadline uint64  // virtual time, Never when there is none
	Seq      uint64  // order of falling asleep: sleepers wake in this order
}

// On returns a sleep on the given keys. More keys than fit become Any.
func On(deadline uint64, keys ...Key) State {
	s := State{Deadline: deadline}
	if len(keys) > MaxKeys {
		keys = []Key{Any}
	}
	s.N = uint8(copy(s.Keys[:], keys))
	if s.N > 0 {
		s.Reason = s.Keys[0].Kind
	}
	return s
}

// Matches tells whether a wake-up of key k ends this sleep.
func (s *State) Matches(k Key) bool {
	for _, mine := range s.Keys[:s.N] {
		if mine == k || mine.Kind == AnyIO && k.Kind.IsFile() {
			return true
		}
	}
	return false
}
