//go:build !provoke

package main

func (s *Session) provoked() {}
