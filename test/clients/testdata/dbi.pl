# What an application does with DBI; prints what it sees. The argument names the driver.
use strict;
use warnings;
use DBI;
use Data::Dumper;
$Data::Dumper::Indent = $Data::Dumper::Sortkeys = $Data::Dumper::Useqq = $Data::Dumper::Terse = 1;
binmode STDOUT, ':raw';
my $driver = shift;
my $prefix = lc $driver;

sub attempt {
    my ($what, $work) = @_;
    my @r = eval { $work->() };
    my $failed = $@;
    $failed =~ s/ at \S+ line \d+\.\n//;
    $failed =~ s/port=\d+/port=N/;
    print "$what ", $failed ? "failed $failed\n" : Dumper(\@r);
}

sub session {
    my ($name, $more, $options) = @_;
    print "== $name\n";
    my $dsn = "dbi:$driver:host=$ENV{DB_HOST};port=$ENV{DB_PORT};database=$ENV{DB_NAME};$more";
    my $db = DBI->connect($dsn, $ENV{DB_USER}, $ENV{DB_PASSWORD}, { RaiseError => 1, PrintError => 0, %$options });
    attempt('who', sub { $db->selectrow_array('SELECT DATABASE(), USER(), @@autocommit') });
    $db->do("CREATE TABLE d (id INT PRIMARY KEY AUTO_INCREMENT, s VARCHAR(50) NOT NULL DEFAULT '', n DECIMAL(10,2), b BLOB, t DATETIME, f DOUBLE)");
    my $s = $db->prepare('INSERT INTO d (s, n, b, t, f) VALUES (?, ?, ?, ?, ?)');
    attempt('insert', sub { $s->execute("it's \\", 1.5, "\0\xff", '2024-02-29 01:02:03', 1e10), $s->rows, $db->last_insert_id(undef, undef, 'd', 'id') });
    attempt('insert many', sub { my @status; $s->execute_array({ ArrayTupleStatus => \@status }, ['x', 'y'], [1, 2], undef, undef, undef), [map { ref ? $_->[0] : $_ } @status] });
    attempt('all', sub { $db->selectall_arrayref('SELECT * FROM d ORDER BY id', { Slice => {} }) });
    $s = $db->prepare('SELECT id, s, n FROM d WHERE id >= ? ORDER BY id');
    attempt('types', sub { $s->execute(1); my @r = ($s->{NAME}, $s->{TYPE}, $s->{PRECISION}, $s->{SCALE}, $s->{NULLABLE}); $s->fetchall_arrayref; @r });
    attempt('prepared', sub { $s->execute(2), $s->fetchall_arrayref });
    attempt('missing', sub { $db->do('SELECT * FROM nosuch') });
    attempt('error', sub { ($db->err, $db->errstr, $db->state) });
    attempt('update', sub { $db->do("UPDATE d SET s = 'x' WHERE id < 3"), $db->do("UPDATE d SET s = 'x' WHERE id < 3") });
    attempt('duplicate', sub { $db->do('INSERT INTO d (id) VALUES (1)') });
    attempt('rollback', sub { $db->begin_work; $db->do('DELETE FROM d'); my ($n) = $db->selectrow_array('SELECT COUNT(*) FROM d'); $db->rollback; ($n, $db->selectrow_array('SELECT COUNT(*) FROM d')) });
    attempt('commit', sub { local $db->{AutoCommit} = 0; $db->do('DELETE FROM d WHERE id = 3'); $db->commit; $db->selectrow_array('SELECT COUNT(*) FROM d') });
    attempt('ping', sub { $db->ping });
    attempt('tables', sub { sort $db->tables(undef, 'shop', '%', 'TABLE') });
    attempt('columns', sub { $db->column_info(undef, 'shop', 'd', '%')->fetchall_arrayref({ COLUMN_NAME => 1, TYPE_NAME => 1, COLUMN_SIZE => 1 }) });
    attempt('keys', sub { $db->primary_key(undef, 'shop', 'd') });
    attempt('streamed', sub { my $q = $db->prepare('SELECT id FROM d', { "${prefix}_use_result" => 1 }); $q->execute; scalar @{ $q->fetchall_arrayref } });
    $db->do('CREATE PROCEDURE dp(IN a INT) BEGIN SELECT a AS a; SELECT s FROM d ORDER BY id; END');
    attempt('call', sub { my $q = $db->prepare('CALL dp(7)'); $q->execute; my @r; do { push @r, $q->fetchall_arrayref if $q->{NUM_OF_FIELDS} } while ($q->more_results); @r });
    attempt('warnings', sub { $db->do("INSERT IGNORE INTO d (id) VALUES (1)"), $db->selectall_arrayref('SHOW WARNINGS') });
    attempt('quoted', sub { $db->quote("a'b\\\0"), $db->quote_identifier('a`b') });
    attempt('info', sub { ($db->get_info(18), $db->{"${prefix}_hostinfo"}, $db->{"${prefix}_insertid"}) });
    $db->do('DROP PROCEDURE dp');
    $db->do('DROP TABLE d');
    $db->disconnect;
}

session('plain', '', {});
session('server side', "${prefix}_server_prepare=1", {});
session('compressed', "${prefix}_compression=1", {});
session('TLS', 'mysql_ssl=1;mysql_ssl_optional=1', {}) if $driver eq 'mysql'; # DBD::MariaDB wants a known certificate
session('utf8', '', $driver eq 'mysql' ? { mysql_enable_utf8mb4 => 1 } : {});
session('found rows off', "${prefix}_client_found_rows=0", {});
attempt('wrong password', sub { DBI->connect("dbi:$driver:host=$ENV{DB_HOST};port=$ENV{DB_PORT};database=$ENV{DB_NAME}", $ENV{DB_USER}, 'x', { RaiseError => 1, PrintError => 0 }) });
