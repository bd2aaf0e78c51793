package proxy

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/sluicedb/sluice/parser/wire"
)

// The text of a JSON value does not say all of it: functions may have put DECIMAL,
// times and binary strings into it, which come back from the text as other types
// (MySQL manual, "The JSON Data Type"). Where that is so the server is asked for those
// scalars too, and they are put into the copy with their types.

// typedScalars is an expression that is NULL where the text of a JSON column gives the
// value back, and else a list of [path, type, text] of the scalars it does not.
func typedScalars(column string) string {
	c := wire.QuoteIdent(column)
	again := "CAST(CAST(" + c + " AS CHAR CHARACTER SET utf8mb4) AS JSON)"
	return "IF(IFNULL(JSON_STORAGE_SIZE(JSON_EXTRACT(" + c + ",'$')) = JSON_STORAGE_SIZE(" + again + ") AND CAST(" + c + " AS CHAR) = CAST(" + again + " AS CHAR), 1), NULL, " +
		"(WITH RECURSIVE w (p, v) AS (" +
		"SELECT CAST('$' AS CHAR(4096) CHARACTER SET utf8mb4), JSON_EXTRACT(" + c + ", '$') UNION ALL " +
		"SELECT CONCAT(w.p, '.', JSON_QUOTE(k.k)), JSON_EXTRACT(w.v, CONCAT('$.', JSON_QUOTE(k.k))) FROM w, JSON_TABLE(JSON_KEYS(w.v), '$[*]' COLUMNS (k VARCHAR(1000) PATH '$')) k WHERE JSON_TYPE(w.v) = 'OBJECT' UNION ALL " +
		"SELECT CONCAT(w.p, '[', a.i - 1, ']'), JSON_EXTRACT(w.v, CONCAT('$[', a.i - 1, ']')) FROM w, JSON_TABLE(w.v, '$[*]' COLUMNS (i FOR ORDINALITY)) a WHERE JSON_TYPE(w.v) = 'ARRAY') " +
		"SELECT JSON_ARRAYAGG(JSON_ARRAY(p, JSON_TYPE(v), JSON_UNQUOTE(v))) FROM w WHERE JSON_TYPE(v) NOT IN ('OBJECT', 'ARRAY', 'STRING', 'INTEGER', 'DOUBLE', 'BOOLEAN', 'NULL')))"
}

// appendTyped writes a JSON value with scalars of SQL types; list is what typedScalars
// gave.
func appendTyped(b, text, list []byte) ([]byte, error) {
	var scalars [][3]string
	if err := json.Unmarshal(list, &scalars); err != nil {
		return nil, fmt.Errorf("scalars of a JSON value: %w", err)
	}
	b = append(b, "JSON_SET(CAST("...)
	b = append(appendHex(append(b, "_utf8mb4 "...), text), " AS JSON)"...)
	for _, s := range scalars {
		b = append(appendHex(append(b, ",_utf8mb4 "...), []byte(s[0])), ',')
		v, err := typedLiteral(s[1], s[2])
		if err != nil {
			return nil, err
		}
		b = append(b, v...)
	}
	return append(b, ')'), nil
}

// typedLiteral writes a scalar of a type that JSON_TYPE names.
func typedLiteral(kind, text string) (string, error) {
	plain := strings.Trim(text, "0123456789-+.: ") == ""
	switch {
	case kind == "DECIMAL" && plain:
		digits := strings.TrimLeft(text, "-")
		whole, fraction, _ := strings.Cut(digits, ".")
		return fmt.Sprintf("CAST('%s' AS DECIMAL(%d,%d))", text, max(len(whole)+len(fraction), 1), len(fraction)), nil
	case kind == "UNSIGNED INTEGER" && plain:
		return "CAST(" + text + " AS UNSIGNED)", nil
	case kind == "DATE" && plain:
		return "CAST('" + text + "' AS DATE)", nil
	case kind == "TIME" && plain:
		return "CAST('" + text + "' AS TIME(6))", nil
	case kind == "DATETIME" && plain:
		return "CAST('" + text + "' AS DATETIME(6))", nil
	}
	if code, ok := strings.CutPrefix(text, "base64:type15:"); ok {
		if v, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(code, "\n", "")); err == nil {
			return "CAST(x'" + hex.EncodeToString(v) + "' AS BINARY)", nil
		}
	}
	return "", errInexact
}
