package parser

// DefinesProgram reports whether the statement read last defines a stored program, in
// whose body ; does not end the statement. sql and d are those of Run.
func (s *Scan) DefinesProgram(sql []byte, d Dialect) bool {
	return definesProgram(sql, s.Tokens, d)
}
