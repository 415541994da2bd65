package api

import (
	"fmt"
	"strings"
)

// Tables are the parts of assets/docs/EMBED.md that come from the table, by the names of their places there.
func Tables() map[string]string {
	var attributes, methods, events, types strings.Builder
	attributes.WriteString("| name | values | what it does |\n|---|---|---|\n")
	for _, a := range Attributes {
		what := a.Doc
		if a.Frame {
			what += " (element only)"
		}
		fmt.Fprintf(&attributes, "| `%s` | %s | %s |\n", a.Name, a.Values, what)
	}
	methods.WriteString("| method | parameters | gives | what it does |\n|---|---|---|---|\n")
	for _, m := range Methods {
		var params []string
		for _, p := range m.Params {
			params = append(params, fmt.Sprintf("`%s`: %s%s", p.Name, p.Doc, p.bounds()))
		}
		doc := m.Doc
		if m.Changes {
			doc += " A locked machine refuses."
		}
		fmt.Fprintf(&methods, "| `%s` | %s | `%s` | %s |\n", m.Name, strings.Join(params, "<br>"), m.Result, doc)
	}
	events.WriteString("| event | data | when |\n|---|---|---|\n")
	for _, e := range Events {
		fmt.Fprintf(&events, "| `%s` | `%s` | %s |\n", e.Name, e.Data, e.Doc)
	}
	for _, t := range Types {
		fmt.Fprintf(&types, "- **`%s`** %s\n", t.Name, t.Doc)
		for _, f := range t.Fields {
			fmt.Fprintf(&types, "  - `%s`: `%s`%s\n", f.Name, f.Type, said(f.Doc))
		}
	}
	return map[string]string{"attributes": attributes.String(), "methods": methods.String(), "events": events.String(), "types": types.String()}
}

func said(doc string) string {
	if doc == "" {
		return ""
	}
	return ", " + doc
}

// bounds says what is refused.
func (p *Param) bounds() string {
	switch p.Kind {
	case Whole, Number:
		if p.Max < safe {
			return fmt.Sprintf(" (%.0f to %.0f)", p.Min, p.Max)
		}
	case Text:
		return fmt.Sprintf(" (%.0f characters at most)", p.Max)
	case Bytes:
		return fmt.Sprintf(" (%.0f MiB at most)", p.Max/(1<<20))
	}
	return ""
}
