#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# The configuration examples work together as they are shipped, but for
# paths, ports and the password: redis.conf's account has all the rights that
# the server needs, and no more.

use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
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
is(curl($t, '/'), 404, 'nothing else is served');
is($t->client(port => $t->port(1), close => 1)
     ->get('/x?y=1')->header('Location'),
   'https://tenders.example.com/x?y=1', 'plain HTTP is sent to HTTPS');
like($t->access_log, qr{^\{"time":"[^"]+","client":"127\.0\.0\.1",}m,
     'the access log is JSON');
unlike($t->error_log, qr/NOPERM|WRONGPASS/, 'no right is missing');
$t->finish;


# the same with writing, for the rights of the account

ok($nginx =~ s/tender_anonymous read;/tender_anonymous write;
                     tender_ownership off;/,
   'nginx.conf says what anonymous clients may do');

$t = Tender::Test->new(conf => $nginx, redis => \%redis);

is(curl($t, '/api/0.1/tenders', '-d', '{"data": {}}', '-H',
        'Content-Type: application/json'), 201, 'a tender is published');
curl($t, '/api/0.1/tenders');

my ($id) = $t->slurp('curl.body') =~ /"id": ?"([0-9a-f]{32})"/;

ok($id, 'and listed');
is(curl($t, "/api/0.1/tenders/$id", '-X', 'PATCH', '-d',
        '{"data": {"totalValue": {"amount": 5}}}', '-H',
        'Content-Type: application/json'), 200, 'changed');
is(curl($t, "/api/0.1/tenders/$id", '-X', 'PUT', '-d',
        '{"data": {"totalValue": {"amount": 6}}}', '-H',
        'Content-Type: application/json'), 200, 'replaced');
is(curl($t, "/api/0.1/tenders/$id"), 200, 'and read');
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
) {
    my ($pattern, $replacement) = @$_;

    ok($quick =~ s/$pattern/$replacement/, "quickstart.conf has $pattern");
}

$t = Tender::Test->new(conf => $quick);
is($t->get('/health')->status, 200, 'quickstart.conf: health');

my $r = $t->post('/api/0.1/tenders', { data => {} });

is($r->status, 201, 'quickstart.conf: a tender is published');
is($t->get($r->header('Location') =~ s{^http://[^/]*}{}r)->status, 200,
   'and read');
$t->finish;

done_testing;


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
