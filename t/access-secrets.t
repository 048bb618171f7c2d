#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Where secrets go: each one is made and used in every way that there is, and
# then looked for in the logs, in what Redis was told, in what it keeps, and in
# all answers but the one that hands it out.  And what Redis keeps opens
# nothing.

use strict;
use warnings;

use JSON::PP ();
use MIME::Base64 qw(decode_base64 encode_base64);
use Test::More;

use lib 't/lib';
use Tender::Access;
use Tender::Api qw(:DEFAULT :life);
use Tender::Jwt;
use Tender::Oauth qw(form);
use Tender::Redis;


my $FORM = 'application/x-www-form-urlencoded';
my $KIND = 'tender_auth api_code bearer oauth2 basic session;';

my $t = access_test(
    http     => <<'END',
    tender_chronograph off;
    tender_auth_cache off;
    tender_admin_bootstrap_file %%DIR%%/first;
END
    files    => { first => 'canary0bootstrap0' . 'b' x 40 . "\n" },
    location => <<"END");
        location /api/  { tender_api 0.1; $KIND tender_anonymous read; }
        location /open/ { tender_api 0.1; tender_anonymous write; }
        location /file/ { alias %%DIR%%/none/; $KIND }
        location /oauth/ { tender_oauth; tender_oauth_password_grant on;
                           tender_oauth_query_credentials on;
                           tender_oauth_get on; }
        location /export { tender_export; }
        location / { tender_account; }
END

my (%secret, %answer, @answers);
my $c = $t->client;

# what Redis is told from here on

my $monitor = Tender::Redis->new($t->redis_socket);

$monitor->call('MONITOR');


# ------------------------------------------------------------------- helpers

# a secret, and the one answer that hands it out, or none

sub secret {
    my ($name, $text, $handed) = @_;

    die "$name: there is none" if !length($text // '');

    $secret{$name} = $text;
    $answer{$name} = $handed if $handed;

    return $text;
}


# of Basic: what is sent is as good as what is in it

sub basic {
    my ($login, $password) = @_;

    my $text = encode_base64("$login:$password", '');

    $secret{ 'Basic ' . keys %secret } = $text =~ s/=+$//r;

    return { Authorization => "Basic $text" };
}


# all answers are kept

sub ask {
    my ($method, $path, $headers, $body) = @_;

    my $r = $c->request($method, $path, $headers, $body);

    push @answers, $r;

    return $r;
}


sub status {
    my ($want, $name, @request) = @_;

    my $r = ask(@request);

    is($r->status, $want, $name) or diag($r->body);

    return $r;
}


sub post_form {
    my ($want, $name, $path, $params, $headers) = @_;

    return status($want, $name, POST => $path,
                  { 'Content-Type' => $FORM, %{ $headers || {} } },
                  form(%$params));
}


sub make {
    my ($path, %data) = @_;

    my $r = status(201, "POST $path", POST => "/admin/$path", {},
                   { data => \%data });

    return { %{ $r->json->{data} }, access => $r->json->{access} || {},
             answer => $r };
}


# --------------------------------------------------------- the run: accounts

my $word = secret('password', 'canary0password0first');
my $next = secret('next password', 'canary0password0next');
my $shared = secret('secret of a key', 'canary0key0' . 'k' x 32);
my $first = secret('bootstrap', 'canary0bootstrap0' . 'b' x 40);

my $account = make('accounts', name => 'City', scopes => ['read', 'write']);
my $below = "accounts/$account->{id}";
my $user = make("$below/users", login => 'clerk', password => $word);
my $client = make("$below/clients", name => 'Shop',
                  grants => [qw(password client_credentials refresh_token)]);
my $code = make("$below/codes", name => 'Night');
my $spare = make("$below/codes", name => 'Day');

make("$below/keys", kid => 'hs', alg => 'HS256', secret => $shared);

my $signer = jwt_key('EdDSA', $t->dir);

make("$below/keys", kid => 'ed', alg => 'EdDSA', publicKey => $signer->{pem});

secret('client_secret', $client->{access}{client_secret}, $client->{answer});

for my $one ([code => $code], [spare => $spare]) {
    my ($name, $made) = @$one;

    secret($name, $made->{access}{api_code}, $made->{answer});
    secret("refresh code of $name", $made->{access}{refresh_code},
           $made->{answer});
}

status(200, 'another password', PATCH => "/admin/$below/users/$user->{id}",
       {}, { data => { password => $next } });
status(422, 'a password that is too short',
       PATCH => "/admin/$below/users/$user->{id}", {},
       { data => { password => secret('short', 'canary0') } });

my $r = status(200, 'rotate', POST =>
               "/admin/$below/clients/$client->{id}/rotate", {},
               { data => {} });

secret('next client_secret', $r->json->{access}{client_secret}, $r);

$r = status(200, 'rotate', POST => "/admin/$below/codes/$spare->{id}/rotate",
            {}, { data => {} });
secret('next code', $r->json->{access}{api_code}, $r);

status(401, 'a wrong token of bootstrap', POST => '/admin/bootstrap',
       { Authorization => 'Bearer ' . secret(wrong => 'canary0wrong0first') },
       { data => { login => 'root', password => $word } });
status(201, 'the first administrator', POST => '/admin/bootstrap',
       { Authorization => "Bearer $first" },
       { data => { login => 'root', password => $word } });
status(200, "GET $_", GET => "/admin/$_")
    for 'accounts', $below, 'audit',
        map { ("$below/$_") } qw(users clients codes keys);
status(200, "GET $_->[0]/:id", GET => "/admin/$below/$_->[0]/$_->[1]{id}")
    for [users => $user], [clients => $client], [codes => $code];


# ------------------------------------------------------------ the run: OAuth

my @shop = ($client->{id}, $secret{'next client_secret'});
my %login = (grant_type => 'password', username => 'clerk', password => $next);
my %client = (client_id => $shop[0], client_secret => $shop[1]);

$r = post_form(200, 'password grant', '/oauth/token', \%login, basic(@shop));

my $access = secret('access token', $r->json->{access_token}, $r);
my $refresh = secret('refresh token', $r->json->{refresh_token}, $r);

$r = post_form(200, 'client_credentials', '/oauth/token',
               { grant_type => 'client_credentials', %client });
my $token = secret('token of the client', $r->json->{access_token}, $r);

$r = post_form(200, 'refresh', '/oauth/token',
               { grant_type => 'refresh_token', refresh_token => $refresh },
               basic(@shop));
my $second = secret('second access token', $r->json->{access_token}, $r);
my $renew = secret('second refresh token', $r->json->{refresh_token}, $r);

# the seed's way: all of it in the address

$r = status(200, "$_ with a query", $_ => '/oauth/token?'
            . form(%login, %client, scope => $_ eq 'GET' ? 'read' : 'create'),
            { 'Content-Type' => $_ eq 'POST' ? $FORM : undef },
            $_ eq 'POST' ? '' : undef)
    and secret("token by $_", $r->json->{access_token}, $r)
    and secret("refresh token by $_", $r->json->{refresh_token}, $r)
    for 'GET', 'POST';

post_form(400, 'a wrong password', '/oauth/token',
          { %login, password => secret('wrong password', 'canary0wrong0w') },
          basic(@shop));
post_form(401, 'a wrong client', '/oauth/token', \%login,
          basic($shop[0], secret('wrong client', 'canary0wrong0client')));
post_form(200, "introspect $_", '/oauth/introspect',
          { token => $secret{$_}, %client })
    for 'access token', 'second access token', 'second refresh token', 'code';
post_form(200, 'revoke', '/oauth/revoke',
          { token => $secret{'token by GET'} }, basic(@shop));
post_form(400, 'a refresh token again', '/oauth/token',
          { grant_type => 'refresh_token',
            refresh_token => $secret{'refresh token by GET'} . '0' },
          basic(@shop));


# ----------------------------------------------- the run: sessions, api_codes

my ($cookie, $csrf);

sub session {
    my ($name, $answer) = @_;

    my ($text) = join("\n", $answer->header('Set-Cookie'))
                 =~ /^tender_session=([^;]+)/m or die 'no session';

    return secret($name, $text, $answer);
}


$r = status(200, 'login by JSON', POST => '/login', {},
            { username => 'clerk', password => $next });
$cookie = session('cookie', $r);
$csrf = $r->json->{csrf};

my $page = status(200, 'the page', GET => '/login', { Accept => 'text/html' });
my ($field) = $page->body =~ /name="csrf"[^>]*value="([^"]*)"/;
my ($login) = join("\n", $page->header('Set-Cookie')) =~ /^([^;]+)/;

$r = post_form(303, 'login by a form', '/login',
               { csrf => $field, username => 'clerk', password => $next },
               { Cookie => $login, Accept => 'text/html' });

my $by_form = session('cookie by a form', $r);

post_form(401, 'a wrong form', '/login',
          { csrf => $field, username => 'clerk',
            password => secret('wrong form', 'canary0wrong0form') },
          { Cookie => $login, Accept => 'text/html' });
status(200, 'a session', GET => '/session',
       { Cookie => "tender_session=$cookie" });
status(204, 'logout', POST => '/logout',
       { Cookie => "tender_session=$by_form",
         'X-CSRF-Token' => do {
             status(200, 'its token', GET => '/session',
                    { Cookie => "tender_session=$by_form" })->json->{csrf};
         } }, '');

my %shown = (
    'api_code'  => [code => 'api_code', 'X-Api-Code'],
    'a token'   => [token => 'access_token'],
    'a session' => [],
);

my $hs = secret('JWT', jwt(jwt_secret('HS256', $shared),
                { sub => $account->{id} + 0, exp => time() + 600 },
                { kid => 'hs' }));
my $ed = secret('JWT of a key pair', jwt($signer,
                { sub => $account->{id} + 0, exp => time() + 600 },
                { kid => 'ed' }));

my @ways = (
    (map { (["?api_code=$_"], ['', { 'X-Api-Code' => $_ }],
            ['', { Authorization => "Bearer $_" }], ['', basic($_, '')]) }
     $secret{code}, $secret{'next code'}),
    (map { (["?access_token=$_"],
            ['', { Authorization => "Bearer $_" }]) }
     $token, $second, $hs, $ed),
    ['', basic('clerk', $next)],
    ['', { Cookie => "tender_session=$cookie" }],
);

for my $way (@ways) {
    my ($query, $headers) = @$way;
    my %more = (%{ $headers || {} }, Referer => "http://a.example/$query");

    # let in; not let in, for it is written twice; where there is no file
    status(200, 'let in', GET => "/api/tenders$query", \%more);
    status(400, 'twice', GET => "/api/tenders$query&" . substr($query, 1),
           \%more) if $query;
    status(404, 'no file', GET => "/file/x$query", \%more);
    status(404, 'no route', GET => "/api/none$query", \%more);
    status(405, 'no method', DELETE => "/api/tenders$query", \%more);
}

$r = status(201, 'a tender', POST => '/open/tenders', {}, { data => {} });

my $tender = $r->json->{data}{id};
my $owner = secret('acc_token', $r->json->{access}{token}, $r);

status(200, 'acc_token in the query',
       PATCH => "/open/tenders/$tender?acc_token=$owner", {},
       { data => { method => 'Open' } });
status(200, 'acc_token in a header', PATCH => "/open/tenders/$tender",
       { 'X-Access-Token' => $owner }, { data => { method => 'Limited' } });
status(200, 'acc_token in the body', PATCH => "/open/tenders/$tender", {},
       { data => { method => 'Open' }, access => { token => $owner } });

for my $type ('json', 'csv', 'xml') {
    $r = status(200, "a new code as $type", GET =>
                "/export?get_api_code=true&dtype=$type&refresh_code="
                . $secret{'refresh code of code'});
    secret("code as $type", $r->body =~ /(tndk\w{32})/ ? $1 : undef, $r);
}

status(401, 'a wrong refresh code', GET => '/export?get_api_code=true&'
       . 'refresh_code=' . secret('wrong refresh', 'tndf' . 'canary0w' x 4));


# -------------------------------------------------- where they are, after all

sub commands_so_far {
    $t->redis('ECHO', 'canary:end');

    my $text = '';

    while (1) {
        my $line = readline $monitor->{sock};

        $text .= $line;
        return $text if $line =~ /"canary:end"/;
    }
}


sub found_in {
    my ($text) = @_;

    return [grep { index($text, $secret{$_}) >= 0 } sort keys %secret];
}


my $told = commands_so_far();

cmp_ok(($told =~ tr/\n//), '>', 200, 'Redis was told a lot');
like($told, qr/"login:clerk\@default"/, 'in plain words, too');
is_deeply(found_in($told), [], 'no secret was told to Redis');
is_deeply(found_in(everything($t)), [], 'none is kept by Redis');

my %shows;

for my $name (sort keys %secret) {
    my @by = grep { index($_->head . $_->body, $secret{$name}) >= 0 } @answers;
    my $handed = $answer{$name};

    $shows{$name} = @by . ' answers' if $handed ? @by != 1 || $by[0] != $handed
                                               : @by;
}

is_deeply(\%shows, {}, 'each is in the answer that hands it out, at most');

# -------------------------------------------------- what the store is worth

# every text that it keeps, whole and in words, and what those are the code of

sub texts {
    my %texts;

    for my $text (split /\n/, everything($t)) {
        my @words = ($text, $text =~ /[^\s"{}\[\]:,]+/g,
                     $text =~ /[A-Za-z0-9_-]{8,}/g);

        $texts{$_} = 1 for grep { /^[\x21-\x7e]{1,3000}$/ } @words;
    }

    return sort keys %texts;
}


# what somebody might make of it

sub made_of {
    my ($text) = @_;

    my @of = ($text);

    push @of, map { "$_$text" } 'tndk', 'tnda_', 'tndr_', 'tnds', 'tndc',
                                'tndf' if $text =~ /^[0-9A-Za-z]{32,96}$/;

    return @of;
}


sub opens {
    my ($r) = @_;

    return $r->status !~ /^4\d\d$/;
}


my @texts = texts();
my ($family) = map { /^\{g\}:family:(\w{32})$/ } @texts;
my @hashes = grep { /^[0-9a-f]{64}$/ } @texts;
my ($opened, $tried) = ([], 0);

cmp_ok(scalar @texts, '>', 150, 'texts of the store');
cmp_ok(scalar @hashes, '>', 12, 'hashes of secrets are among them');
ok($family, 'and a family of tokens');

# what is right is good, at this moment and in this way

my @good = (
    [api_code => $secret{'code as xml'}], [bearer => $second],
    [session => $cookie], [client => $shop[1]], [login => $next],
    [renew => $renew], [export => $secret{'refresh code of code'}],
);

my %way = (
    api_code => sub { ask(GET => '/api/tenders', { 'X-Api-Code' => $_[0] }) },
    bearer   => sub { ask(GET => '/api/tenders',
                          { Authorization => "Bearer $_[0]" }) },
    session  => sub { ask(GET => '/api/tenders',
                          { Cookie => "tender_session=$_[0]" }) },
    client   => sub { post('/oauth/introspect', { token => 'x' }, $_[0]) },
    login    => sub { ask(GET => '/api/tenders',
                          { Authorization => 'Basic ' . encode_base64(
                                "clerk:$_[0]", '') }) },
    renew    => sub { post('/oauth/token', { grant_type => 'refresh_token',
                          refresh_token => $_[0] }, $shop[1]) },
    export   => sub { ask(GET => '/export?get_api_code=true&'
                          . form(refresh_code => $_[0])) },
);

sub post {
    my ($path, $params, $secret) = @_;

    return ask(POST => $path, {
        'Content-Type' => $FORM, Authorization => 'Basic '
        . encode_base64(form($shop[0] => '') =~ s/=$//r . ':'
                        . form($secret => '') =~ s/=$//r, ''),
    }, form(%$params));
}


sub forget_tries {
    my @keys = @{ $t->redis('KEYS', '{g}:tries:*') };

    $t->redis('DEL', @keys) if @keys;
}


for my $text (@texts) {
    forget_tries();

    for my $one (made_of($text)) {
        for my $way (sort keys %way) {
            # to try each as a password takes long
            next if $way eq 'login' && $text !~ /^(?:\$|[0-9a-f]{64}$)/;

            push @$opened, "$way: $one" if opens($way{$way}->($one));
            $tried++;
        }
    }

    # as the secret of a key, for which it may be base64url as well
    for my $one ($text, decode_base64($text =~ tr{-_}{+/}r)) {
        for my $kid ('hs', 'ed') {
            my $jwt = jwt(jwt_secret('HS256', $one),
                          { sub => $account->{id} + 0, exp => time() + 600 },
                          { kid => $kid });

            push @$opened, "JWT: $text" if opens($way{bearer}->($jwt));
            $tried++;
        }
    }
}

# halves of tokens: the name of a family, and any hash

for my $hash (@hashes) {
    forget_tries();

    push @$opened, "token: $hash" if opens($way{bearer}->("tnda_$family$hash"))
}

cmp_ok($tried, '>', 3000, "$tried things were tried");
is_deeply($opened, [], 'nothing that Redis keeps opens anything');

forget_tries();

for my $case (@good) {
    my ($way, $text) = @$case;

    is($way{$way}->($text)->status, 200, "$way: what is right is still good");
}


# ------------------------------------------------------------ what is logged

# what goes wrong is logged with the request

$t->stop_redis('KILL');

for my $way (@ways) {
    my ($query, $headers) = @$way;

    like(ask(GET => "/api/tenders$query", $headers)->status, qr/^50[34]$/,
         'Redis is away');
}

like(ask(GET => '/export?get_api_code=true&refresh_code='
         . $secret{'refresh code of code'})->status, qr/^50[34]$/,
     'the export');
like(ask(GET => '/oauth/token?' . form(%login, %client))->status,
     qr/^50[34]$/, 'the token endpoint');

# nginx itself repeats a header that came twice, before any module sees it

my $log = $t->kept_log =~ s/^.* client sent duplicate header line: .*$//mgr;

ok($t->wait_for(sub { ($t->access_log =~ tr/\n//) >= @answers }),
   'all was logged');
like($t->access_log, qr/api_code=\*{36}[ &]/, 'with stars for them');
is_deeply(found_in($t->access_log), [], 'none is in the access log');
is_deeply(found_in($log), [], 'none is in the error log');

$t->finish;
done_testing;
