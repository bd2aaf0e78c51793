<?php
// What an application does with PDO and mysqli; prints what it sees.
$dsn = sprintf('mysql:host=%s;port=%s;dbname=%s', getenv('DB_HOST'), getenv('DB_PORT'), getenv('DB_NAME'));

function attempt(string $what, callable $work): void
{
    try {
        echo $what, ' ', var_export($work(), true), "\n";
    } catch (PDOException $e) {
        echo $what, ' failed ', $e->getMessage(), "\n";
    }
}

function session(string $name, string $dsn, array $options): void
{
    echo "== $name\n";
    $db = new PDO($dsn, getenv('DB_USER'), getenv('DB_PASSWORD'), $options + [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
    echo $db->getAttribute(PDO::ATTR_SERVER_VERSION), ' ', preg_replace('/[\d.]+/', 'N', $db->getAttribute(PDO::ATTR_SERVER_INFO)), "\n";
    attempt('who', fn () => $db->query('SELECT DATABASE(), USER(), @@character_set_client')->fetchAll(PDO::FETCH_NUM));
    $db->exec("CREATE TABLE d (id INT PRIMARY KEY AUTO_INCREMENT, s VARCHAR(50), n DECIMAL(10,2), b BLOB, f DOUBLE, t TIMESTAMP(3) NULL, big BIGINT UNSIGNED, bt BIT(3))");
    $s = $db->prepare('INSERT INTO d (s, n, b, f, t, big) VALUES (:s, :n, :b, :f, :t, :big)');
    foreach ([["it's \\ \"é\"", '1.50', "\0\xff", 1.5, '2024-02-29 01:02:03.456', '18446744073709551615'], [null, null, null, null, null, null]] as $row) {
        attempt('insert', fn () => $s->execute(array_combine([':s', ':n', ':b', ':f', ':t', ':big'], $row)));
        attempt('id', fn () => [$db->lastInsertId(), $s->rowCount()]);
    }
    attempt('all', fn () => $db->query('SELECT * FROM d ORDER BY id')->fetchAll(PDO::FETCH_ASSOC));
    $s = $db->prepare('SELECT id, s, n, big FROM d WHERE id >= ? ORDER BY id LIMIT ?');
    $s->bindValue(1, 1, PDO::PARAM_INT);
    $s->bindValue(2, 1, PDO::PARAM_INT);
    attempt('select', fn () => [$s->execute(), $s->fetchAll(PDO::FETCH_NUM), $s->getColumnMeta(1), $s->getColumnMeta(2)]);
    attempt('affected', fn () => [$db->exec("UPDATE d SET s = 'x' WHERE id = 1"), $db->exec("UPDATE d SET s = 'x' WHERE id = 1")]);
    attempt('missing', fn () => $db->query('SELECT * FROM nosuch'));
    attempt('syntax', fn () => $db->prepare('SELEC ?')->execute([1]));
    attempt('duplicate', fn () => $db->exec('INSERT INTO d (id) VALUES (1)'));
    $db->beginTransaction();
    $db->exec('DELETE FROM d');
    attempt('in transaction', fn () => [$db->inTransaction(), $db->query('SELECT COUNT(*) FROM d')->fetchColumn()]);
    $db->rollBack();
    attempt('rolled back', fn () => [$db->inTransaction(), $db->query('SELECT COUNT(*) FROM d')->fetchColumn()]);
    $db->exec('CREATE PROCEDURE dp(IN a INT) BEGIN SELECT a AS a; SELECT s FROM d ORDER BY id; END');
    attempt('call', function () use ($db) {
        $s = $db->prepare('CALL dp(?)');
        $s->execute([7]);
        $sets = [];
        do {
            $sets[] = $s->columnCount() ? $s->fetchAll(PDO::FETCH_NUM) : null;
        } while ($s->nextRowset());
        return $sets;
    });
    attempt('multi', function () use ($db) {
        $s = $db->query('SELECT 1; SELECT 2');
        $a = $s->fetchAll(PDO::FETCH_NUM);
        $s->nextRowset();
        return [$a, $s->fetchAll(PDO::FETCH_NUM)];
    });
    attempt('implicit commit', function () use ($db) {
        $db->beginTransaction();
        $db->exec('TRUNCATE d');
        return $db->inTransaction();
    });
    attempt('autocommit', fn () => [$db->setAttribute(PDO::ATTR_AUTOCOMMIT, 0), $db->query('SELECT @@autocommit')->fetchColumn(), $db->setAttribute(PDO::ATTR_AUTOCOMMIT, 1)]);
    $db->exec('DROP PROCEDURE dp');
    $db->exec('DROP TABLE d');
}

function mysqliSession(): void
{
    echo "== mysqli\n";
    mysqli_report(MYSQLI_REPORT_OFF);
    $m = mysqli_init();
    $m->real_connect(getenv('DB_HOST'), getenv('DB_USER'), getenv('DB_PASSWORD'), getenv('DB_NAME'), (int) getenv('DB_PORT'), null, MYSQLI_CLIENT_FOUND_ROWS | MYSQLI_CLIENT_COMPRESS);
    echo $m->server_info, ' ', $m->character_set_name(), ' ', $m->warning_count, "\n";
    $m->set_charset('utf8mb4');
    $m->query('CREATE TABLE i (id INT PRIMARY KEY AUTO_INCREMENT, s VARCHAR(5))');
    $s = $m->prepare('INSERT INTO i (s) VALUES (?)');
    $v = 'abc';
    $s->bind_param('s', $v);
    $s->execute();
    echo $s->insert_id, ' ', $s->affected_rows, "\n";
    $s = $m->prepare('SELECT id, s FROM i WHERE id = ?');
    $id = 1;
    $s->bind_param('i', $id);
    $s->execute();
    var_export($s->get_result()->fetch_all());
    echo "\n", $m->query('INSERT INTO i VALUES (1, 1)') ? 'in' : "$m->errno $m->sqlstate $m->error", "\n";
    $m->query("INSERT IGNORE INTO i (s) VALUES ('too long')");
    echo $m->warning_count, ' ', $m->info, "\n";
    var_export($m->get_warnings()->message);
    $m->multi_query('SELECT 1; SELECT * FROM nosuch; SELECT 3');
    do {
        echo "\n", ($r = $m->store_result()) ? json_encode($r->fetch_all()) : "$m->errno $m->error";
    } while ($m->more_results() && $m->next_result());
    echo "\n$m->errno $m->error\n";
    $r = $m->query('SELECT id FROM i', MYSQLI_USE_RESULT);
    echo json_encode($r->fetch_all()), ' ', $m->stat() !== false, ' ', $m->ping(), ' ', $m->select_db('copy'), ' ', $m->select_db('nosuch') ? '' : $m->error, "\n";
    echo $m->change_user(getenv('DB_USER'), getenv('DB_PASSWORD'), 'shop') ? 'changed' : $m->error, "\n";
    $m->query('DROP TABLE i');
    $m->close();
}

session('emulated', $dsn, []);
session('native', $dsn, [PDO::ATTR_EMULATE_PREPARES => false, PDO::ATTR_STRINGIFY_FETCHES => false]);
session('utf8mb4, unbuffered', $dsn . ';charset=utf8mb4', [PDO::MYSQL_ATTR_USE_BUFFERED_QUERY => false]);
session('TLS, found rows', $dsn, [PDO::MYSQL_ATTR_SSL_CA => '', PDO::MYSQL_ATTR_SSL_VERIFY_SERVER_CERT => false, PDO::MYSQL_ATTR_FOUND_ROWS => true, PDO::MYSQL_ATTR_INIT_COMMAND => "SET SESSION sql_mode = ''"]);
session('compressed', $dsn, [PDO::MYSQL_ATTR_COMPRESS => true]);
mysqliSession();
attempt('wrong password', fn () => new PDO($dsn, getenv('DB_USER'), 'x'));
attempt('no database', fn () => new PDO(str_replace('shop', 'nosuch', $dsn), getenv('DB_USER'), getenv('DB_PASSWORD')));
