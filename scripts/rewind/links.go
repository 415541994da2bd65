package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"vitrine/engine/dev"
	"vitrine/engine/rewind/link"
	"vitrine/kernel/boot"
)

// session is what somebody types at the prompt, again and again.
const session = "ls -l /\rcat /etc/passwd | wc\recho hello; ps\rspin 5 &\rsleep 1; ls /bin | sort | head -n 3\r"

// lengths prints how long the links of typed sessions are: keys come at intervals as people's, 0.2 s and a spread.
func lengths(image []byte) error {
	for _, keys := range []int{0, 40, 400, 1000} {
		o := boot.Options{Disk: dev.Image(image), Seed: 1, Rows: 24, Cols: 80}
		c, err := boot.New(o)
		if err != nil {
			return err
		}
		c.Run(boot.NoLimit, boot.NoLimit)
		random := rand.New(rand.NewPCG(5, 6))
		for _, key := range []byte(strings.Repeat(session, keys/len(session)+1)[:keys]) {
			c.Run(c.M.Now()+uint64(20e6*math.Exp(0.6*random.NormFloat64())), boot.NoLimit)
			c.Type([]byte{key})
		}
		c.Run(boot.NoLimit, c.Stats().Instructions+1e9)
		l := c.Link()
		l.Setup, l.Loaded = boot.Describe(&o, 0)
		text, err := link.Fragment(l, link.View{})
		if err != nil {
			return err
		}
		fmt.Printf("link of %d keystrokes: %d characters\n", keys, len(text))
	}
	return nil
}
