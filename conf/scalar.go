package conf

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// Size is a number of bytes.
type Size int64

type sizeUnit struct {
	name  string
	bytes int64
}

// sizeUnits lists the units, the largest first.
func sizeUnits() []sizeUnit {
	return []sizeUnit{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}}
}

// String prints the largest unit that divides the size.
func (s Size) String() string {
	for _, u := range sizeUnits() {
		if int64(s)%u.bytes == 0 && s != 0 {
			return strconv.FormatInt(int64(s)/u.bytes, 10) + u.name
		}
	}
	return "0B"
}

// UnmarshalText reads a whole number of bytes, with the unit B, KiB, MiB or GiB or none.
func (s *Size) UnmarshalText(text []byte) error {
	t := string(text)
	unit := int64(1)
	for _, u := range sizeUnits() {
		if digits, ok := strings.CutSuffix(t, u.name); ok {
			t, unit = strings.TrimSpace(digits), u.bytes
			break
		}
	}
	n, err := strconv.ParseInt(t, 10, 64)
	if err != nil || n < 0 || n > (1<<62)/unit {
		return errors.New("not a size; write it like 64MiB, 16KiB or 512B")
	}
	*s = Size(n * unit)
	return nil
}

// UnmarshalText reads a network such as 10.0.0.0/8 or ::1/128, or one address.
func (p *Prefix) UnmarshalText(text []byte) error {
	if a, err := netip.ParseAddr(string(text)); err == nil && a.Zone() == "" {
		p.Prefix = netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen())
		return nil
	}
	n, err := netip.ParsePrefix(string(text))
	if err != nil {
		return errors.New("not a network; write it like 10.0.0.0/8, 192.0.2.7 or ::1/128")
	}
	if n.Masked() != n {
		return fmt.Errorf("has bits set behind the prefix; did you mean %s?", n.Masked())
	}
	p.Prefix = n
	return nil
}

// SlotRange is a range of slots, both ends included.
type SlotRange struct {
	First, Last int
}

func (r SlotRange) String() string {
	if r.First == r.Last {
		return strconv.Itoa(r.First)
	}
	return fmt.Sprintf("%d-%d", r.First, r.Last)
}

// maxSlot is the last slot. Package rules owns the number of slots; a test there holds
// the two together.
const maxSlot = 4095

// UnmarshalText reads "0-4095" or "17".
func (r *SlotRange) UnmarshalText(text []byte) error {
	first, last, isRange := strings.Cut(string(text), "-")
	if !isRange {
		last = first
	}
	a, err1 := strconv.ParseUint(strings.TrimSpace(first), 10, 16)
	b, err2 := strconv.ParseUint(strings.TrimSpace(last), 10, 16)
	if err1 != nil || err2 != nil {
		return errors.New("not a range of slots; write it like 0-2047, or 17 for one slot")
	}
	if a > b {
		return fmt.Errorf("the range runs backwards; did you mean %d-%d?", b, a)
	}
	if b > maxSlot {
		return fmt.Errorf("there is no slot %d; slots are 0-%d", b, maxSlot)
	}
	*r = SlotRange{int(a), int(b)}
	return nil
}
