#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# tender_admin: accounts and what belongs to them, one after another.

use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use JSON::PP ();
use Test::More;

use lib 't/lib';
use Tender::Access;
use Tender::Api qw(:DEFAULT :life);


my $DATE = qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
my $YES  = JSON::PP::true;
my $NO   = JSON::PP::false;

my $t = access_test();

# ---------------------------------------------------------------- accounts

my $r = $t->post('/admin/accounts', { data => { name => 'City hall' } });

is($r->status, 201, 'an account is created');
is($r->header('Location'), $t->url('/admin/accounts/1'), 'Location');
is($r->header('Cache-Control'), 'no-store', 'and nobody keeps the answer');
is($r->header('Content-Type'), 'application/json; charset=UTF-8', 'type');
is(shape($r), 'data{created enabled id modified name scopes tenant}',
   'what is shown');

my $one = $r->json->{data};

is_deeply([@$one{qw(id name tenant scopes enabled)}],
          ['1', 'City hall', 'default', ['read'], $YES],
          'without tenant and scopes it is one of "default", and may read');
like($one->{created}, $DATE, 'when it was created');
is($one->{modified}, $one->{created}, 'and modified');

$r = $t->get('/admin/accounts/1');
is($r->status, 200, 'it is read');
is_deeply($r->json, { data => $one }, 'as it was shown');

$r = $t->get('/admin/accounts/1?opt_pretty=1');
like($r->body, qr/\A\{\n    "data": \{\n/, 'also indented');
is($t->head('/admin/accounts/1')->status, 200, 'HEAD');

my $far = account($t, id => 22, tenant => 'acme', plan => 'gold',
                  partnerKey => '22_LP75_19', categories => [7, 8],
                  expires => '2030-01-01T00:00:00Z',
                  scopes => ['Account:read', 'write', 'auction', 'admin']);

is($far->{id}, '22', 'an account may be given its number');
is_deeply([@{ $far->{data} }{qw(tenant plan partnerKey categories expires
                                scopes)}],
          ['acme', 'gold', '22_LP75_19', [7, 8], '2030-01-01T00:00:00Z',
           ['Account:read', 'write', 'auction', 'admin']], 'with all it has');
is(account($t)->{id}, '23', 'the next one gets the next number');

refused($t->post('/admin/accounts', { data => { id => 22, name => 'x' } }),
        409, [body => 'id', 'Another account has this id, or had it'],
        'a number is given once');
refused($t->post('/admin/accounts', { data => {
            name => 'x', partnerKey => '22_LP75_19' } }),
        409, [body => 'partnerKey', 'Another account has this partnerKey'],
        'a partnerKey is one account\'s');
is($t->get('/admin/accounts/24')->status, 404, 'nothing was made');

# what is not, and what is not served

refused($t->get("/admin/accounts/$_"), 404, [url => 'id', 'Not Found'],
        "accounts/$_: none")
    for qw(7 x 0 22%20 99999999999999999999);
refused($t->post('/admin/accounts/7/users', { data => { login => 'abc' } }),
        404, [url => 'id', 'Not Found'], 'nobody gets no user');
refused($t->get('/admin/accounts/7/keys'), 404, [url => 'id', 'Not Found'],
        'a list of nobody\'s');
is($t->get('/admin/none')->status, 404, 'no such route');
is($t->put('/admin/accounts/1', { data => {} })->status, 405, 'no PUT');
is($t->put('/admin/accounts/1', {})->header('Allow'),
   'GET, HEAD, PATCH, DELETE', 'but those');

# bodies

refused($t->post('/admin/accounts', '{"data":'), 422,
        [body => 'data', 'Expecting object: line 1 column 9 (char 8)'],
        'no JSON');
refused($t->post('/admin/accounts', $_), 422,
        [body => 'data', 'Data not available'], "no data: $_")
    for '{}', '[]', '{"data":[]}', '{"data":null}';

for my $type ('text/plain', 'application/x-www-form-urlencoded', '') {
    my $type_error = [header => 'Content-Type', 'Content-Type header should '
                      . q{be one of ['application/json']}];

    refused($t->request('POST', '/admin/accounts',
                        { 'Content-Type' => $type || undef },
                        '{"data":{"name":"x"}}'),
            415, $type_error, "a body of type '$type'");
}

my $WORD = 'Rogue field';

my @bad = (
    [accounts => {}, name => ['This field is required.']],
    [accounts => { name => 'x', rogue => 1 }, rogue => $WORD],
    (map { [accounts => { name => 'x', tenant => $_ }, tenant =>
            ['A name of lower-case letters, digits and hyphens is expected, '
             . 'or "*" for all tenants.']] }
     'A', 'a_b', '-a', 'a-', 'a.b', '**', 'a b', "\x{e9}"),
    (map { [accounts => { name => 'x', id => $_ }, id =>
            ['A number of at most 9 digits is expected.']] } 1_000_000_000),
    [accounts => { name => 'x', scopes => ['read', 'fly', 'a:admin'] },
     scopes => [q{'fly' is not a scope.}, q{'a:admin' is not a scope.}]],
    (map { [users => { login => $_ }, login =>
            ['Letters, digits and any of . _ + @ - are expected.']] }
     'a b', "a\tb", 'a/b', "\x{e9}t\x{e9}", 'a:b'),
    [users => { password => 'long enough' }, login =>
     ['This field is required.']],
    [users => { login => 'bob', password => 'long enough',
                passwordHash => '$2b$04$' . 'a' x 53 }, passwordHash =>
     ['A password or its hash is expected, not both.']],
    (map { [users => { login => 'bob', passwordHash => $_ }, passwordHash =>
            ['A hash of argon2id, yescrypt ($y$) or bcrypt ($2b$) is '
             . 'expected.']] }
     '$1$salt$' . 'a' x 22, 'correct horse battery staple'),
    [users => { login => 'bob', password => "\x{e9}" x 200 }, password =>
     ['256 bytes at most are expected.']],
    [users => { login => 'bob', scopes => ['*'] }, scopes =>
     [q{'*' is not a scope.}]],
    [clients => { name => 'x', addresses => ['127.0.0.1', '10.0.0.1/8',
                                             'localhost', '::1/200'] },
     addresses => [map { "'$_' is neither an address nor a network." }
                   '10.0.0.1/8', 'localhost', '::1/200']],
    [clients => { name => 'x', scopes => ['x'] }, scopes =>
     [q{'x' is not a scope.}]],
    [codes => { scopes => ['x'] }, scopes => [q{'x' is not a scope.}]],
    [codes => { code => 'mine' }, code => $WORD],
    (map { [keys => { kid => $_, alg => 'HS256', secret => 'x' x 32 },
            kid => ['1 to 64 letters, digits and any of . _ - are '
                    . 'expected.']] } 'a b', 'a/b', "\x{e9}"),
    [keys => { kid => 'k', alg => 'HS256' }, secret =>
     ['This field is required.']],
    [keys => { kid => 'k', alg => 'RS256' }, publicKey =>
     ['This field is required.']],
    [keys => { kid => 'k', alg => 'RS256', publicKey => 'x', secret => 'x' },
     secret => ['This algorithm has a publicKey.']],
    [keys => { kid => 'k', alg => 'HS256', publicKey => 'x', secret => 'x' },
     publicKey => ['An algorithm with HS has a secret.']],
    (map { my ($alg, $min) = @$_;
           [keys => { kid => 'k', alg => $alg, secret => 'x' x ($min - 1) },
            secret => ["$min bytes at least are expected."]] }
     ['HS256', 32], ['HS384', 48], ['HS512', 64]),
    [keys => { kid => 'k', alg => 'HS256',
               secret => 'base64url:' . 'A' x 42 },
     secret => ['32 bytes at least are expected.']],
    [keys => { kid => 'k', alg => 'HS256',
               secret => 'base64url:' . 'A' x 43 . '=' },
     secret => ['Behind "base64url:" base64url without padding is '
                . 'expected.']],
);

for my $bad (@bad) {
    my ($list, $data, $field, $text) = @$bad;
    my $path = $list eq 'accounts' ? $list : "accounts/1/$list";

    refused($t->post("/admin/$path", { data => $data }), 422,
            [body => $field, $text],
            "$list: " . JSON::PP->new->canonical->encode($data));
}

is($t->redis('HLEN', '{g}:users') . $t->redis('HLEN', '{g}:keys'), '00',
   'nothing of that was kept');

# changes

my $before = $t->get('/admin/accounts/22')->json->{data};
my $after  = change($t, $far, name => 'Townhall', plan => undef,
                    enabled => $NO, partnerKey => 'other');

is_deeply({ %$before, name => 'Townhall', enabled => $NO,
            partnerKey => 'other', modified => $after->{modified} },
          { %$after, plan => 'gold' }, 'members are changed and taken away');
isnt($after->{modified}, $before->{modified}, 'it was modified');
is_deeply($t->get('/admin/accounts/22')->json->{data}, $after, 'for good');
is(account($t, partnerKey => '22_LP75_19')->{id}, '24',
   'the partnerKey that it had is free');
is_deeply(change($t, $far, %$after, name => 'Seat')->{name}, 'Seat',
          'what was read may be sent back');

refused($t->patch('/admin/accounts/22', { data => { tenant => $_ } }), 422,
        [body => 'tenant', ['An account keeps its tenant.']],
        'it keeps its tenant') for 'default', undef;
refused($t->patch('/admin/accounts/22', { data => { name => undef } }), 422,
        [body => 'name', ['This field is required.']], 'and has a name');
refused($t->patch('/admin/accounts/22', { data => { scopes => ['x'] } }), 422,
        [body => 'scopes', [q{'x' is not a scope.}]], 'and good scopes');
refused($t->patch('/admin/accounts/22', { data => {
            partnerKey => '22_LP75_19' } }), 409,
        [body => 'partnerKey', 'Another account has this partnerKey'],
        'and a partnerKey of its own');
refused($t->patch('/admin/accounts/7', { data => { name => 'x' } }), 404,
        [url => 'id', 'Not Found'], 'nobody is not changed');

# lists

my @all = map { $_->{id} } @{ $t->get('/admin/accounts')->json->{data} };

is_deeply(\@all, [1, 22, 23, 24], 'accounts are listed as they were created');
is_deeply([walk('/admin/accounts', 3)], [@all], 'page by page');
is_deeply([walk('/admin/accounts', 1)], [@all], 'one by one');
is_deeply([sort keys %{ $t->get('/admin/accounts?limit=4')->json }],
          ['data'], 'the last page says so');

refused($t->get("/admin/accounts?limit=$_"), 400,
        [params => 'limit', 'limit should be a number from 1 to 1000'],
        "limit=$_") for 0, 1001, 'x', '', '-1';
refused($t->get("/admin/accounts?after=$_"), 404,
        [params => 'after', 'Offset expired/invalid'], "after=$_")
    for 'x', '', '-1', '1-0', '1' x 16;

# ------------------------------------------------------------- what it owns

my $user = user($t, 22, login => 'Clerk.One+a@b-c_d', password => 'long enough',
                name => 'A clerk', email => 'clerk@example.com');

is_deeply([@{ $user->{data} }{qw(id account login name email enabled)}],
          ['1', '22', 'clerk.one+a@b-c_d', 'A clerk', 'clerk@example.com',
           $YES], 'a user; the login is lower-case');
is($t->redis('HGET', '{g}:names', 'login:clerk.one+a@b-c_d@acme'), 'u 1',
   'its login is taken');
like(private(users => 1)->{hash}, qr/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/,
     'its password is hashed');

refused($t->post('/admin/accounts/22/users', { data => {
            login => 'CLERK.one+a@B-c_d' } }), 409,
        [body => 'login', 'Another user of the tenant has this login'],
        'once in its tenant');
is(user($t, 1, login => 'clerk.one+a@b-c_d')->{data}{id}, '2',
   'but another tenant may have the same');
is(private(users => 2), undef, 'a user without a password');

my $hash = private(users => 1)->{hash};

change($t, $user, login => 'clerk', name => undef);
is(private(users => 1)->{hash}, $hash, 'a change keeps the password');
is($t->redis('HGET', '{g}:names', 'login:clerk.one+a@b-c_d@acme'), undef,
   'the old login is free');
is($t->redis('HGET', '{g}:names', 'login:clerk@acme'), 'u 1',
   'the new one is not');
change($t, $user, password => 'another one');
isnt(private(users => 1)->{hash}, $hash, 'a new password');

my $crypt = crypt 'long enough', '$2b$04$abcdefghijklmnopqrstuu';

change($t, $user, passwordHash => $crypt);
is(private(users => 1)->{hash}, $crypt, 'a hash of one');
change($t, $user, password => undef);
is(private(users => 1)->{hash}, undef, 'no password any more');

my $client = client($t, 22, addresses => ['127.0.0.1', '10.0.0.0/8', '::1'],
                    scopes => ['read']);

like($client->{id}, qr/^[0-9a-f]{32}$/, 'a client has a random id');
is($client->{access}{client_id}, $client->{id}, 'which is shown with');
like($client->{secret}, qr/^tndc[A-Za-z0-9]{40}$/, 'its secret');
is_deeply(private(clients => $client->{id}),
          { hash => sha256_hex($client->{secret}) }, 'that is kept as hash');

my $code = api_code($t, 22, name => 'for the till', scopes => ['write']);

like($code->{code}, qr/^tndk[A-Za-z0-9]{32}$/, 'an api_code');
like($code->{refresh}, qr/^tndf[A-Za-z0-9]{32}$/, 'and its refresh code');
is_deeply(private(codes => 1), { code => sha256_hex($code->{code}),
                                 refresh => sha256_hex($code->{refresh}) },
          'are kept as hashes');
is(named($code->{code}), 'c 1', 'by which it is found');
is(named($code->{refresh}), 'r 1', 'both of them');

my $key = key($t, 22, kid => 'a.B_c-9', alg => 'HS256', secret => 'x' x 32,
              iss => 'me', aud => 'you');

is(shape($key->{answer}),
   'data{account alg aud created enabled id iss kid modified}',
   'a key is shown without its secret');
like(private(keys => 1)->{sealed}, qr/^[\w-]{80,}$/, 'which is sealed');
refused($t->post('/admin/accounts/22/keys', { data => {
            kid => 'a.B_c-9', alg => 'HS256', secret => 'x' x 32 } }), 409,
        [body => 'kid', 'Another key of the account has this kid'],
        'a kid is one of the account\'s');
is(key($t, 1, kid => 'a.B_c-9', alg => 'HS384',
       secret => 'base64url:' . 'A' x 64)->{id}, '2',
   'another account may have the same');

my $sealed = private(keys => 1)->{sealed};

change($t, $key, iss => undef, kid => 'a.B_c-9', alg => 'HS256');
is(private(keys => 1)->{sealed}, $sealed, 'a change keeps the secret');
change($t, $key, secret => 'y' x 32);
isnt(private(keys => 1)->{sealed}, $sealed, 'unless there is another one');

for my $bad ([{ kid => 'other' }, kid => 'A key keeps its kid.'],
             [{ alg => 'HS512' }, alg => 'A key keeps its algorithm.'],
             [{ alg => undef }, alg => 'This field is required.'],
             [{ publicKey => 'x' }, publicKey =>
              'An algorithm with HS has a secret.'],
             [{ secret => 'x' x 31 }, secret =>
              '32 bytes at least are expected.'],
             [{ secret => undef }, secret => 'This field is required.'])
{
    refused($t->patch($key->{url}, { data => $bad->[0] }), 422,
            [body => $bad->[1], [$bad->[2]]], "a key: $bad->[2]");
}

my $pem = qx{openssl ecparam -name prime256v1 -genkey -noout 2>/dev/null |
             openssl ec -pubout 2>/dev/null};

my $public = key($t, 22, kid => 'es', alg => 'ES256', publicKey => $pem);

is($public->{data}{publicKey}, $pem, 'a public key is shown');
$r = $t->post('/admin/accounts/22/keys', { data => {
    kid => 'es2', alg => 'ES384', publicKey => $pem } });
is($r->status, 422, 'one that does not fit its algorithm is refused');
is($r->json->{errors}[0]{name}, 'publicKey', 'by its name');
$r = $t->patch($public->{url}, { data => { publicKey => 'x' } });
is($r->status, 422, 'also later');

# an account has as many keys as are looked through

key($t, 22, kid => "more$_", alg => 'HS256', secret => 'x' x 32) for 3 .. 16;
refused($t->post('/admin/accounts/22/keys', { data => {
            kid => 'last', alg => 'HS256', secret => 'x' x 32 } }), 409,
        [url => 'id', 'The account has as many of them as it may have'],
        'the 17th key');
is(scalar walk('/admin/accounts/22/keys', 5), 16, 'all others are listed');

# another account's are not there

refused($t->$_("/admin/accounts/1/users/1"), 404, [url => 'id', 'Not Found'],
        "$_: a user of another account") for qw(get delete);
refused($t->patch("/admin/accounts/1/clients/$client->{id}",
                  { data => { name => 'x' } }), 404,
        [url => 'id', 'Not Found'], 'PATCH: a client of another account');
refused($t->post("/admin/accounts/1/codes/1/rotate", { data => {} }), 404,
        [url => 'id', 'Not Found'], 'rotate: a code of another account');

# ----------------------------------------------------------------- removal

refused($t->delete('/admin/accounts/22'), 409,
        [url => 'id', 'The account still has users, clients, codes or keys: '
                      . 'remove them first'], 'an account that owns something');

for my $entry ($user, $client, $code) {
    my $was = $t->get($entry->{url})->json->{data};

    is_deeply(remove($t, $entry), $was, "$entry->{url} is removed");
    is($t->get($entry->{url})->status, 404, 'and not there any more');
    is($t->delete($entry->{url})->status, 404, 'twice');
}

remove($t, { url => "/admin/accounts/22/keys/$_" })
    for walk('/admin/accounts/22/keys', 100);
is_deeply($t->get('/admin/accounts/22/keys')->json, { data => [] },
          'all keys are');
is(scalar(grep { /acme|other|:22:|secret/ } @{ $t->redis('HKEYS',
                                                         '{g}:names') }),
   1, 'no name is left but the partnerKey');
remove($t, $far);
is($t->get('/admin/accounts/22')->status, 404, 'then the account is');
is(scalar(grep { /other/ } @{ $t->redis('HKEYS', '{g}:names') }), 0,
   'and its partnerKey');
refused($t->post('/admin/accounts', { data => { id => 22, name => 'x' } }),
        409, [body => 'id', 'Another account has this id, or had it'],
        'nobody gets its number, and what was written by it');
is(account($t)->{id}, '25', 'numbers go on');

# ------------------------------------------------------------------- audit

my @audit = map { join ' ', @$_{qw(who op kind id account)},
                            join ',', @{ $_->{what} } } events_of(100);

is($audit[0], 'anonymous create account 1 1 name', 'the audit: created');
is((grep { /user 1 / } @audit)[0],
   'anonymous create user 1 22 email,login,name,password',
   'names of what was sent') or diag join "\n", @audit;
is((grep { /change user 1 / } @audit)[0],
   'anonymous change user 1 22 login,name', 'changed');
is($audit[-2], 'anonymous delete account 22 22 ', 'and removed');
is_deeply([map { $_->{date} } events_of(3)],
          [map { $_->{date} } events_of(100)], 'page by page');
like($_, qr/^anonymous \w+ \w+ \w+ \d+ [a-zA-Z,]*$/, $_) for @audit;
refused($t->get("/admin/audit?after=$_"), 404,
        [params => 'after', 'Offset expired/invalid'], "audit after=$_")
    for '1', 'x', '1-', '-1', '1-1-1', '';

# ----------------------------------------------------------------- secrecy

my $seen = join "\n", everything($t), $t->access_log, $t->kept_log;

unlike($seen, qr/\Q$_\E/, 'a secret is kept nowhere')
    for 'long enough', 'another one', $client->{secret}, $code->{code},
        $code->{refresh}, 'x' x 32, 'y' x 32;

$t->finish;
done_testing;


# names of the members that an answer has

sub shape {
    my ($r) = @_;

    my $json = $r->json;

    return join ' ', map { ref $json->{$_} eq 'HASH'
                           ? "$_\{" . join(' ', sort keys %{ $json->{$_} })
                             . '}' : $_ } sort keys %$json;
}


sub walk {
    my ($path, $limit) = @_;

    my (@ids, $after);

    do {
        my $page = $t->get("$path?limit=$limit" . ($after // ''))->json;

        push @ids, map { $_->{id} } @{ $page->{data} };
        die 'a page is too long' if @{ $page->{data} } > $limit;
        $after = $page->{next_page} && "&after=$page->{next_page}{after}";
    } while ($after);

    return @ids;
}


sub events_of {
    my ($limit) = @_;

    my (@events, $after);

    do {
        my $page = $t->get("/admin/audit?limit=$limit" . ($after // ''))->json;

        push @events, @{ $page->{data} };
        $after = $page->{next_page} && "&after=$page->{next_page}{after}";
    } while ($after);

    return @events;
}


# what an entry keeps and does not show

sub private {
    my ($kind, $id) = @_;

    my ($json) = $t->redis('HGET', "{g}:$kind", $id) =~ /\n(.*)/s;

    return JSON::PP->new->utf8->decode($json)->{secret};
}


sub named { $t->redis('HGET', '{g}:names', 'secret:' . sha256_hex($_[0])) }

