#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# The configuration examples work together as they are shipped, but for
# paths, ports and the password: redis.conf's account has all the rights that
# the server needs, and no more.

use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use POSIX ();
use Test::More;

use lib 't/lib';
use Tender::Test;


# -- redis.conf and nginx.conf

my $redis = read_example('redis.conf');
my $nginx = read_example('nginx.conf');
my $hash  = sha256_hex('a secret');

is($redis =~ s/^(user tender on )#[0-9a-f]{64} /$1#$hash /mg, 1,
   'redis.conf has one password to replace');
$redis =~ s{^(user default off)$}{$1\nuser admin on >admin ~* &* +\@all}m;
like($redis, qr/^user admin/m, 'and turns the default account off');

my $dir = File::Temp->newdir;

write_to("$dir/redis.conf", $redis);
write_to("$dir/password", "a secret\n");
write_to("$dir/seal", 'a1' x 32 . "\n");
write_to("$dir/bootstrap", 'b0' x 32 . "\n");
write_to("$dir/quick.seal", '5e' x 32 . "\n");

# keys of somebody who signs tokens; that of the set is of RFC 8037
system("openssl genrsa 2> $dir/log | openssl rsa -pubout -out $dir/jwt.pem"
       . " 2> $dir/log") == 0 or die "openssl failed\n";
write_to("$dir/jwks", '{"keys":[{"kty":"OKP","crv":"Ed25519","x":'
         . '"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}');

for (
    [ qr{^include /etc/nginx/modules-enabled/\*\.conf;$}m
      => load_line() . 'daemon off;' ],
    [ qr{^user www-data;$}m              => $> == 0 ? 'user root;' : '' ],
    [ qr{^pid /run/nginx\.pid;$}m        => 'pid %%DIR%%/nginx.pid;' ],
    [ qr{/var/log/nginx/error\.log}      => '%%DIR%%/error.log' ],
    [ qr{/var/log/nginx/tender\.log tender buffer=64k flush=1s}
      => '%%DIR%%/access.log tender' ],
    [ qr{unix:/run/redis/tender\.sock}   => 'unix:%%DIR%%/redis.sock' ],
    [ qr{/etc/nginx/tender\.password}    => "$dir/password" ],
    [ qr{(?<=file )/etc/nginx/tender\.seal} => "$dir/seal" ],
    [ qr{(?<=file )/etc/nginx/tender\.bootstrap} => "$dir/bootstrap" ],
    [ qr{/etc/nginx/tender\.jwt\.pem}    => "$dir/jwt.pem" ],
    [ qr{/etc/nginx/tender\.jwks\.json}  => "$dir/jwks" ],
    [ qr{/var/www}                       => "$dir/www" ],
    [ qr{allow 10\.1\.0\.0/16;}          => 'allow 127.0.0.1;' ],
    [ qr{tender_chronograph 1s;}         => 'tender_chronograph 20ms;' ],
    [ qr{/etc/ssl/tenders\.example\.com\.pem} => '%%DIR%%/tls/redis.crt' ],
    [ qr{/etc/ssl/private/tenders\.example\.com\.key}
      => '%%DIR%%/tls/redis.key' ],
    [ qr{listen 80;}                     => 'listen 127.0.0.1:%%PORT_1%%;' ],
    [ qr{listen \[::\]:80;}              => '' ],
    [ qr{listen 443 }                    => 'listen 127.0.0.1:%%PORT%% ' ],
    [ qr{listen \[::\]:443 [^;]*;}       => '' ],
    [ qr{^http \{$}m => "http {\n" . join "\n",
      map { "${_}_temp_path %%DIR%%/temp_$_;" }
      qw(client_body proxy fastcgi uwsgi scgi) ],
) {
    my ($pattern, $replacement) = @$_;

    ok($nginx =~ s/$pattern/$replacement/g, "nginx.conf has $pattern");
}

# the certificate is made by the harness
my %redis = (
    tls => 1, conf => "$dir/redis.conf", user => 'admin', password => 'admin',
);

my $t = Tender::Test->new(conf => $nginx, redis => \%redis);

is($t->redis('CONFIG', 'GET', 'appendonly')->[1], 'yes', 'append-only file');
is($t->redis('CONFIG', 'GET', 'appendfsync')->[1], 'always', 'fsync: always');
is($t->redis('CONFIG', 'GET', 'maxmemory-policy')->[1], 'noeviction',
   'nothing is evicted');

is(curl($t, '/health'), 200, 'health, with the account of redis.conf');
is(curl($t, '/api/0.1/tenders'), 200, 'the list');
is(curl($t, '/api/0.1/tenders', '-d', '{"data": {}}', '-H',
        'Content-Type: application/json'), 401,
   'anonymous clients only read');
is(curl($t, '/'), 303, 'the pages begin with the search');
is(curl($t, '/nothing'), 404, 'nothing else is served');
is($t->client(port => $t->port(1), close => 1)
     ->get('/x?y=1')->header('Location'),
   'https://tenders.example.com/x?y=1', 'plain HTTP is sent to HTTPS');
like($t->access_log, qr{^\{"time":"[^"]+","client":"127\.0\.0\.1",}m,
     'the access log is JSON');
unlike($t->error_log, qr/NOPERM|WRONGPASS/, 'no right is missing');
$t->finish;


# writing: with a credential, by the owner

mkdir "$dir/www";
mkdir "$dir/www/reports";
chmod 0755, $dir, "$dir/www", "$dir/www/reports";
write_to("$dir/www/reports/index.html", 'reports');

$t = Tender::Test->new(conf => $nginx, redis => \%redis);

my @json  = ('-H', 'Content-Type: application/json');
my @admin = ('-u', 'admin@*:not-a-good-password', @json);

is(curl($t, '/admin/bootstrap', @json, '-H',
        'Authorization: Bearer ' . 'b0' x 32, '-d',
        '{"data": {"login": "admin", "password": "not-a-good-password"}}'),
   201, 'the first administrator');
is(curl($t, '/admin/bootstrap', @json, '-H',
        'Authorization: Bearer ' . 'b0' x 32, '-d',
        '{"data": {"login": "x", "password": "not-a-good-password"}}'),
   403, 'is the only one that is made so');
is(curl($t, '/admin/accounts', @json, '-d', '{"data": {"name": "x"}}'), 401,
   'nobody else makes accounts');

my $buyer = code_of('City hall', qw(read create update delete));
my $other = code_of('Another', qw(read create update delete));
my $clerk = code_of('Auctions', qw(read auction));
my $boss  = code_of('Operator', qw(read create update delete admin));

my @user     = ('-H', "X-Api-Code: $buyer", @json);
my @stranger = ('-H', "X-Api-Code: $other", @json);
my @auctions = ('-H', "X-Api-Code: $clerk", @json);
my @operator = ('-H', "X-Api-Code: $boss", @json);

is(curl($t, '/api/0.1/tenders', @user, '-d', '{"data": {}}'), 201,
   'a tender is published');

my ($id, $token) = created();

ok($id, 'it has an id');

my $one  = "/api/0.1/tenders/$id";
my @mine = @user;

is(curl($t, $one, @stranger, '-X', 'PATCH', '-d',
        '{"data": {"title": "x"}}'), 403, 'it is not changed by others');
is(curl($t, $one, @stranger, '-H', "X-Access-Token: $token", '-X', 'PATCH',
        '-d', '{"data": {"title": "x"}}'), 200, 'but with its token');
is(curl($t, $one, @mine, '-X', 'PUT', '-d', '{"data": {"title": "y"}}'),
   200, 'its owner needs none');
is(curl($t, $one), 200, 'all read it');
is(curl($t, "/operator/0.1/tenders/$id", @operator, '-X', 'PATCH', '-d',
        '{"data": {"title": "z"}}'), 200, 'the operator changes it');
is(curl($t, "/operator/0.1/tenders/$id", @user), 403,
   'nobody else is an operator');
is(curl($t, "/operator/0.1/tenders/$id"), 401, 'and he has to say so');

# the rest of what is there for those who are known

is(curl($t, '/login'), 200, 'the page to log in');
is(curl($t, '/login', @json, '-c', "$dir/jar", '-d',
        '{"username": "admin@*", "password": "not-a-good-password"}'),
   200, 'a login');
is(curl($t, '/session', '-b', "$dir/jar"), 200, 'a session');
is(curl($t, '/reports/', '-b', "$dir/jar"), 200, 'opens pages');
is($t->slurp('curl.body'), 'reports', 'of nginx itself');
is(curl($t, '/reports/'), 401, 'which are closed to others');
is(curl($t, '/api/export?get_api_code=true&refresh_code=x'), 401,
   'the export');
is(curl($t, '/oauth/token', '-d', 'grant_type=client_credentials'), 401,
   'tokens');
is(curl($t, '/.well-known/oauth-authorization-server'), 200, 'their metadata');
is(curl($t, '/admin/audit', @admin), 200, 'the audit');
$t->wait_for(sub { $t->access_log =~ /"auth":"basic"/ });
like($t->access_log, qr{"principal":"\d+\@default","account":"\d+",
                        "oauth_client":"","auth":"api_code",
                        "scopes":"read\ create\ update\ delete",
                        "tenant":"default"}x, 'the log says who it was');

# who is known has a rate of his own

my %rate;

$rate{ curl($t, '/api/0.1/tenders?limit=1', @operator) }++ for 1 .. 20;
is_deeply(\%rate, { 200 => 20 }, 'within the rates');

# what is long

my $big = '{"data": {"title": "' . 'x' x 4_200_000 . '"}}';

write_to("$dir/big", $big);

is(curl($t, '/api/0.1/tenders', @user, '--data-binary', "\@$dir/big"), 413,
   'JSON of 4 MB is refused');
is(curl($t, "$one/documents", @user[0, 1], '-F', "file=\@$dir/big"), 201,
   'a file may be longer');

my ($document) = created();

is(curl($t, "$one/documents/$document", @user[0, 1], '-X', 'PUT', '-F',
        "file=\@$dir/big"), 200, 'its new version, too');
is(curl($t, "$one/documents/$document", @mine, '-X', 'PATCH',
        '--data-binary', "\@$dir/big"), 413, 'its description is JSON');
is(curl($t, "$one/documents/$document", @mine, '-X', 'PATCH', '-d',
        '{"data": {"title": "plan"}}'), 200, 'and short');

my ($url) = $t->slurp('curl.body') =~ m{"url":"https://[^/]+(/[^"]+)"};

is(curl($t, $url), 200, 'it is downloaded');
is(-s $t->dir . '/curl.body', length $big, 'all of it');
is(curl($t, "$one/documents", @user[0, 1], '-F', "file=\@$dir/big", '-F',
        "file=\@$dir/big"), 400, 'of two files the first is dropped');

# from bids to the award

my $end = POSIX::strftime('%Y-%m-%dT%H:%M:%SZ', gmtime(time() + 3));

is(curl($t, '/api/0.1/tenders', @user, '-d',
        qq({"data": {"tenderPeriod": {"endDate": "$end"}}})), 201,
   'a tender that takes bids for some seconds');

($id) = created();
$one = "/api/0.1/tenders/$id";

is(curl($t, "$one/bidders", @stranger, '-d',
        qq({"data": {"totalValue": {"amount": $_}}})), 201, "a bid of $_")
    for 489, 485, 480;

my ($bid) = created();

is(curl($t, "$one/bidders/$bid", @user), 403, 'is sealed');

is(curl($t, "$one/bidders/$bid", @stranger, '-X', 'PATCH', '-d',
        '{"data": {"totalValue": {"amount": 470}}}'), 200, 'one is changed');
is(curl($t, "$one/bidders/$bid", @stranger, '-X', 'DELETE'), 200,
   'and withdrawn');
unlike(join('', @{ $t->redis('HVALS', "tender:{b0}:tender:$id:bids") }),
       qr/totalValue/, 'nobody reads in Redis what bids say');
ok($t->wait_for(sub {
    curl($t, $one);
    $t->slurp('curl.body') =~ /"status":"active\.auction"/;
}), 'the auction');
is(curl($t, "$one/auction", @stranger), 403, 'is not for everybody');
is(curl($t, "/auction/0.1/tenders/$id/auction", @auctions, '-X', 'PATCH', '-d',
        '{"data": {"bids": [{"amount": 400}, {"amount": 410}]}}'), 200,
   'but for the system that runs it');
is(curl($t, "$one/awards"), 200, 'the award');

my ($award) = $t->slurp('curl.body') =~ /"awardID":"(\w+)"/;

is(curl($t, "$one/awards/$award", @mine, '-X', 'PATCH', '-d',
        '{"data": {"awardStatus": "active"}}'), 200, 'is decided');

unlike($t->error_log, qr/NOPERM|WRONGPASS/, 'no right is missing');
is_deeply([grep { !/^tender:\{(?:b\d+|g)\}/ } @{ $t->redis('KEYS', '*') }],
          [], 'all keys are in the key space of the account');

# what the account may not do
my $link = Tender::Redis->new($t->redis_socket);

$link->call('AUTH', 'tender', 'a secret');

for my $command (['FLUSHALL'], ['CONFIG', 'GET', '*'], ['KEYS', '*'],
                 ['GET', 'other'], ['SLOWLOG', 'GET'], ['SHUTDOWN'],
                 ['ACL', 'WHOAMI'], ['CLIENT', 'LIST'])
{
    ok(!eval { $link->call(@$command); 1 }, "@$command");
    like($@, qr/^NOPERM /, 'is not permitted');
}

$t->finish;


# -- quickstart.conf

my $quick = read_example('quickstart.conf');

for (
    [ qr{^load_module \S+;$}m  => load_line() ],
    [ qr{^pid nginx\.pid;$}m   => $> == 0 ? "pid %%DIR%%/nginx.pid;\nuser root;"
                                          : 'pid %%DIR%%/nginx.pid;' ],
    [ qr{stderr warn}          => '%%DIR%%/error.log warn' ],
    [ qr{unix:redis\.sock}     => 'unix:%%DIR%%/redis.sock' ],
    [ qr{127\.0\.0\.1:8080}    => '127.0.0.1:%%PORT%%' ],
    [ qr{\S*bootstrap\.token}  => "$dir/bootstrap" ],
    [ qr{\S*seal\.key(?=;)}    => "$dir/quick.seal" ],
) {
    my ($pattern, $replacement) = @$_;

    ok($quick =~ s/$pattern/$replacement/, "quickstart.conf has $pattern");
}

$t = Tender::Test->new(conf => $quick);
is($t->get('/health')->status, 200, 'quickstart.conf: health');

my $r = $t->post('/api/0.1/tenders', { data => {} });

is($r->status, 201, 'quickstart.conf: a tender is published');

my $path = $r->header('Location') =~ s{^http://[^/]*}{}r;

is($t->get($path)->status, 200, 'and read');
is($t->patch($path, { data => { title => 'x' } })->status, 200,
   'whoever comes changes it in the sandbox');
is($t->patch("/owned$path", { data => { title => 'y' } })->status, 403,
   'where tenders have owners only they do');
is($t->request('PATCH', "/owned$path",
               { 'X-Access-Token' => $r->json->{access}{token} },
               { data => { title => 'y' } })->status, 200,
   'with the token');
$t->finish;

done_testing;


# an account with these scopes, and an api_code of it

sub code_of {
    my ($name, @scopes) = @_;

    my $scopes = join ', ', map { qq("$_") } @scopes;

    is(curl($t, '/admin/accounts', @admin, '-d',
            qq({"data": {"name": "$name", "scopes": [$scopes]}})), 201,
       "an account: $name");

    my ($account) = $t->slurp('curl.body') =~ /"id":"?(\d+)/;

    is(curl($t, "/admin/accounts/$account/codes", @admin, '-d',
            '{"data": {}}'), 201, 'its api_code');

    my ($code) = $t->slurp('curl.body') =~ /"api_code":"(\w+)"/;

    return $code;
}


# id and token of what was created

sub created {
    my $body = $t->slurp('curl.body');

    return ($body =~ /"id":"([0-9a-f]{32})"/,
            $body =~ /"access":\{"token":"(\w+)"/);
}


sub load_line {
    my $module = Tender::Test::module_path();

    return $module ? "load_module $module;\n" : '';
}


sub read_example {
    my ($name) = @_;

    open my $fh, '<', "conf.example/$name" or die "$name: $!";
    local $/;

    return readline $fh;
}


sub write_to {
    my ($file, $text) = @_;

    open my $fh, '>', $file or die "$file: $!";
    print $fh $text;
    close $fh or die "$file: $!";
}


# the status of an answer over TLS

sub curl {
    my ($t, $path, @args) = @_;

    my $name = 'tenders.example.com:' . $t->port;

    open my $pipe, '-|', 'curl', '-s', '-k', '--connect-to',
         "::127.0.0.1:", '-o', "$t->{dir}/curl.body",
         '-w', '%{http_code}', @args, "https://$name$path"
        or die "curl: $!";

    return readline $pipe;
}
