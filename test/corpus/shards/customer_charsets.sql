-- about: conversions to character sets that are rare, and their collations, over all tenants
-- any plan
SELECT CONVERT(name USING gb2312) u, id FROM customers ORDER BY CONVERT(name USING gb2312), id LIMIT 3;
SELECT CONVERT(name USING big5) u, id FROM customers ORDER BY id LIMIT 2;
SELECT CONVERT(name USING gb18030) u, id FROM customers ORDER BY CONVERT(name USING gb18030), id LIMIT 2;
SELECT CAST(name AS CHAR CHARACTER SET utf32) u, id FROM customers ORDER BY id LIMIT 2;
SELECT CAST(name AS CHAR(3) CHARSET cp1251) u, id FROM customers ORDER BY id LIMIT 2;
SELECT HEX(CONVERT(name USING ucs2)) h, COUNT(*) FROM customers GROUP BY h ORDER BY h;
SELECT CONVERT(name USING cp1250) COLLATE cp1250_polish_ci x, COUNT(*) FROM customers GROUP BY x ORDER BY x;
SELECT MIN(CONVERT(name USING sjis)), MAX(CONVERT(name USING utf16le)) FROM customers;
SELECT CHAR(0x4E2D USING ucs2), CHAR(229 USING latin2), COUNT(*) FROM customers;
SELECT CONVERT(name USING koi8r), CONVERT(id USING macroman), CONVERT(id USING keybcs2), CONVERT(id USING eucjpms), CONVERT(id USING utf8mb3), CONVERT(id USING euckr), CONVERT(id USING tis620), CONVERT(id USING hp8) FROM customers ORDER BY id LIMIT 1;
SELECT COUNT(*) FROM customers WHERE CONVERT(tenant_id USING utf16) = 'system';
SELECT COUNT(*) FROM customers WHERE tenant_id = CONVERT('system' USING utf16);
SELECT COUNT(*) FROM customers WHERE CONVERT(tenant_id USING utf32) COLLATE utf32_bin IN ('system', 'SYSTEM');
SELECT COUNT(*) FROM customers WHERE tenant_id = 'system' COLLATE utf16_bin;
SELECT COUNT(*) FROM customers WHERE CONVERT(name USING nosuch) = 'a';
SELECT COUNT(*) FROM customers JOIN service_orders USING (tenant_id) WHERE CONVERT(name USING latin7) <> 'ū';
