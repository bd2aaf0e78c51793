package value

import (
	"bytes"
	"math"
	"math/big"
	"strconv"
)

// Sum adds exact numbers of any length. The zero Sum is 0.
type Sum struct {
	small int64    // without the point, while that is enough
	large *big.Int // in its place, otherwise nil
	scale int      // digits behind the point: the most that any number had
}

// Add adds a number in digits; false if it is none.
func (s *Sum) Add(text []byte) bool {
	whole, part, point := bytes.Cut(text, []byte("."))
	if point && len(part) == 0 || len(bytes.TrimPrefix(whole, []byte("-"))) == 0 {
		return false
	}
	s.rescale(len(part))
	var digits [64]byte
	n := append(append(digits[:0], whole...), part...)
	for range s.scale - len(part) {
		n = append(n, '0')
	}
	if s.large == nil && len(n) <= 18 {
		v, err := strconv.ParseInt(string(n), 10, 64)
		if err != nil {
			return false
		}
		if sum := s.small + v; (sum > s.small) == (v > 0) {
			s.small = sum
			return true
		}
	}
	v, ok := new(big.Int).SetString(string(n), 10)
	if ok {
		s.large = v.Add(v, s.big())
	}
	return ok
}

func (s *Sum) big() *big.Int {
	if s.large != nil {
		return s.large
	}
	return big.NewInt(s.small)
}

// rescale makes room for more digits behind the point.
func (s *Sum) rescale(scale int) {
	if scale <= s.scale {
		return
	}
	if s.small != 0 || s.large != nil {
		s.large = new(big.Int).Mul(s.big(), tenTo(scale-s.scale))
	}
	s.scale = scale
}

func tenTo(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

// Append appends the sum in digits, with as many behind the point as the number with
// the most of them had.
func (s *Sum) Append(b []byte) []byte {
	if s.large == nil && s.scale == 0 {
		return strconv.AppendInt(b, s.small, 10)
	}
	return appendPoint(b, s.big(), s.scale)
}

// appendPoint appends n with a point before its last digits.
func appendPoint(b []byte, n *big.Int, scale int) []byte {
	digits := new(big.Int).Abs(n).Append(nil, 10)
	if n.Sign() < 0 {
		b = append(b, '-')
	}
	for len(digits) <= scale {
		digits = append([]byte("0"), digits...)
	}
	b = append(b, digits[:len(digits)-scale]...)
	if scale > 0 {
		b = append(append(b, '.'), digits[len(digits)-scale:]...)
	}
	return b
}

// wholeDigits is how many digits there are before the point.
func (s *Sum) wholeDigits() int {
	if s.large == nil && s.scale == 0 && s.small > math.MinInt64 {
		return len(strconv.FormatInt(max(s.small, -s.small), 10))
	}
	return max(1, len(new(big.Int).Abs(s.big()).Append(nil, 10))-s.scale)
}

// Fits reports whether the sum is one of MySQL's DECIMAL, which has 65 digits.
func (s *Sum) Fits() bool { return s.wholeDigits()+s.scale <= 65 }

// word is how many digits MySQL's decimal arithmetic keeps together: a quotient is cut
// behind a whole number of them.
const word = 9

// Mean appends the sum divided by a number as AVG does, with so many digits behind the
// point: the quotient is cut behind the last word that has some of them, and then
// rounded. It reports false where MySQL's arithmetic would have to drop digits.
func (s *Sum) Mean(b []byte, count uint64, decimals int) ([]byte, bool) {
	n, scale, ok := s.quotient(count, decimals)
	if !ok {
		return b, false
	}
	return appendPoint(b, rounded(n, scale, decimals), decimals), true
}

// Rounded is Mean rounded to fewer digits. It reports false, too, where it depends on
// MySQL's plan whether the mean is rounded before.
func (s *Sum) Rounded(b []byte, count uint64, decimals, digits int) ([]byte, bool) {
	n, scale, ok := s.quotient(count, decimals)
	if !ok || digits > decimals {
		return b, false
	}
	once, twice := rounded(n, scale, digits), rounded(rounded(n, scale, decimals), decimals, digits)
	return appendPoint(b, once, digits), once.Cmp(twice) == 0
}

// quotient divides as MySQL does before it rounds to so many digits behind the point.
func (s *Sum) quotient(count uint64, decimals int) (n *big.Int, scale int, ok bool) {
	const buffer = 9 // words of MySQL's decimal
	words := (decimals + word - 1) / word
	if count == 0 || decimals < s.scale || (s.wholeDigits()+word-1)/word+1+words > buffer {
		return nil, 0, false
	}
	n = new(big.Int).Mul(s.big(), tenTo(words*word-s.scale))
	return n.Quo(n, new(big.Int).SetUint64(count)), words * word, true
}

// rounded returns n with fewer digits behind the point, half away from zero.
func rounded(n *big.Int, from, to int) *big.Int {
	if from == to {
		return n
	}
	half := new(big.Int).Mul(big.NewInt(5), tenTo(from-to-1))
	if n.Sign() < 0 {
		half.Neg(half)
	}
	return half.Quo(half.Add(half, n), tenTo(from-to))
}

// Scale is how many digits there are behind the point.
func (s *Sum) Scale() int { return s.scale }
