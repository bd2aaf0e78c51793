-- about: a client that cannot take several results may not send several statements
-- text only
-- shards: 1
SELECT 1; SELECT 2;
SELECT 1;
SELECT 1; /* the last */;
