package boot

// Probe reads what a Target holds.
type Probe struct{ p *probe }

// NewProbe returns a target's.
func NewProbe(c *Computer, t Target) (*Probe, error) {
	p, err := c.probe(t)
	return &Probe{p}, err
}

// Value is what the target holds now, "" when it does not exist.
func (p *Probe) Value() string {
	s := p.p.sample()
	if s.take(p.p); !s.ok {
		return ""
	}
	return string(s.b)
}
