// Package dev has the chips of the PC, one file each. A file begins with where its registers are documented; then
// come the registers, the State, In and Out, and what the chip does by itself (Advance, Next).
package dev
