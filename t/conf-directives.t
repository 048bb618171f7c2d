#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# nginx -t: what each directive takes, and the sentence with which it refuses.

use strict;
use warnings;

use File::Temp ();
use Test::More;

use lib 't/lib';
use Tender::Test;


my $dir    = File::Temp->newdir('tender-XXXXXXXX', TMPDIR => 1);
my $module = Tender::Test::module_path();
my $load   = $module ? "load_module $module;" : '';
my $api    = 'location /api/ { tender_api 0.1; }';
my $redis  = 'tender_redis unix:/tmp/none.sock;';
my $user   = $> == 0 ? 'user root;' : '';

my $env    = '';

# what a sanitized build needs; -t leaves its memory to the end of the process

$env  = 'ASAN_OPTIONS=detect_leaks=0 ' if $ENV{TEST_TENDER_ASAN};
$env .= "LD_PRELOAD=$ENV{TEST_TENDER_PRELOAD} " if $ENV{TEST_TENDER_PRELOAD};

my %temp = map { $_ => "${_}_temp_path $dir/$_;" }
           qw(client_body proxy fastcgi uwsgi scgi);


sub file {
    my ($name, $text) = @_;

    open my $fh, '>', "$dir/$name" or die "$name: $!";
    print $fh $text;
    close $fh;

    return "$dir/$name";
}


# nginx -t of the lines of http, and of server: its status and its words

sub check {
    my ($http, $server) = @_;

    file('nginx.conf', <<"END");
$load
$user
pid $dir/nginx.pid;
error_log stderr;
events { }
http {
    access_log off;
    @temp{sort keys %temp}
    $http
    server { listen unix:$dir/socket; $server }
}
END

    open my $out, '-|', $env . Tender::Test::nginx_binary()
         . " -t -q -p $dir -c $dir/nginx.conf"
         . " -e $dir/error.log 2>&1" or die "nginx: $!";
    local $/;

    my $words = readline($out) // '';

    close $out;

    return ($? >> 8, $words);
}


sub taken {
    my ($http, $server, $name) = @_;

    my ($status, $words) = check($http, $server);

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is("$status $words", '0 ', $name || "$http $server");
}


sub refused {
    my ($sentence, $http, $server) = @_;

    my ($status, $words) = check($http, $server);

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    isnt($status, 0, "refused: $http" . ($server eq $api ? '' : " $server"));
    like($words, ref $sentence ? $sentence : qr/\[emerg\] .*\Q$sentence\E/,
         'with its sentence');
}


# the shortest

taken('', '', 'the module alone');
taken($redis, '', 'a store without a location');
taken($redis, $api, 'a store and a location');
refused('a location is served by the tender module, but no "tender_redis" '
        . 'says where its store is', '', $api);
refused('no "tender_redis" says', '', 'location /h { tender_status; }');


# tender_redis

taken("tender_redis $_;", $api)
    for '127.0.0.1', '127.0.0.1:6379', 'localhost:6379', '[::1]:6379',
        'unix:/run/redis/redis.sock', '127.0.0.1 db=0', '127.0.0.1 db=65535',
        '127.0.0.1 buckets=1', '127.0.0.1 buckets=64 db=3';

refused('invalid parameter "' . $_ . '": use db=0 to db=65535, buckets=1 to '
        . 'buckets=', "tender_redis 127.0.0.1 $_;", $api)
    for 'db=-1', 'db=65536', 'db=', 'db=x', 'buckets=0', 'buckets=-1',
        'buckets=x', 'buckets=100000', 'weight=5', 'db', 'DB=1';

refused('"tender_redis" directive is duplicate', "$redis $redis", $api);
refused('invalid number of arguments in "tender_redis"', 'tender_redis;',
        $api);
refused("in \"tender_redis $_\": an address is unix:/path or host:port",
        "tender_redis $_;", $api)
    for '127.0.0.1:0', '127.0.0.1:6379/1', '127.0.0.1:70000',
        '127.0.0.1:x', ':6379';
refused('an address is unix:/path or host:port', 'tender_redis unix:;', $api);
refused('set "resolver" to look the name up at run time',
        'tender_redis no-such-name.invalid;', $api);
taken('resolver 127.0.0.1; tender_redis no-such-name.invalid;', $api);
refused('"tender_redis" directive is not allowed here', '', "$redis $api");


# who is allowed in

my $password = file('password', "secret\n");

taken("$redis tender_redis_password_file $password;", $api);
taken("$redis tender_redis_user me; tender_redis_password_file $password;",
      $api);
taken("$redis tender_redis_password_file password;", $api,
      'a path is one from the prefix of nginx');
refused('"tender_redis_user" needs "tender_redis_password_file"',
        "$redis tender_redis_user me;", $api);
refused('"tender_redis_user" directive is duplicate',
        "$redis tender_redis_user me; tender_redis_user me;", $api);
refused('"tender_redis_password_file" directive is duplicate',
        "$redis tender_redis_password_file $password; "
        . "tender_redis_password_file $password;", $api);
refused("\"$dir/none\" failed (2: No such file or directory)",
        "$redis tender_redis_password_file $dir/none;", $api);

for my $case ([ empty => '' ], [ lines => "a\nb\n" ], [ blank => "\r\n\n" ],
              [ long => 'x' x 513 ])
{
    my $name = file(@$case);

    refused("\"$name\" must hold one line, a password of 1 to 512 bytes",
            "$redis tender_redis_password_file $name;", $api);
}

my (undef, $words) = check("$redis tender_redis_password_file "
                           . file('lines', "s3cret\nb\n") . ';', $api);

unlike($words, qr/s3cret/, 'the password is not in the words');
taken("$redis tender_redis_password_file " . file('512', 'x' x 512) . ';',
      $api, 'the longest password');


# TLS

my $tcp = 'tender_redis 127.0.0.1:6379;';

refused('"tender_redis_tls on" needs "tender_redis_trusted_certificate"',
        "$tcp tender_redis_tls on;", $api);
refused('"tender_redis_tls on" has no use on a unix socket',
        "$redis tender_redis_tls on; tender_redis_trusted_certificate "
        . "$password;", $api);
refused(qr/\[emerg\] .*\Q$dir\E\/none\.crt/,
        "$tcp tender_redis_tls on; tender_redis_trusted_certificate "
        . "$dir/none.crt;", $api);
refused(qr/\[emerg\] .*\Q$password\E/,
        "$tcp tender_redis_tls on; tender_redis_trusted_certificate "
        . "$password;", $api);
refused('invalid value "yes" in "tender_redis_tls" directive',
        "$tcp tender_redis_tls yes;", $api);
refused('"tender_redis_tls" directive is duplicate',
        "$tcp tender_redis_tls off; tender_redis_tls off;", $api);
taken("$tcp tender_redis_tls off;", $api);
taken("$redis tender_redis_tls off;", $api);
refused('"tender_redis_trusted_certificate" directive is duplicate',
        "$tcp tender_redis_trusted_certificate a; "
        . 'tender_redis_trusted_certificate b;', $api);


# times and numbers

for my $name (qw(tender_redis_connect_timeout tender_redis_timeout)) {
    taken("$redis $name $_;", $api) for '1ms', '500ms', '2s', '1m';
    refused("\"$name\" directive invalid value", "$redis $name $_;", $api)
        for '-1', 'x', '5x';
    refused("\"$name\" directive is duplicate", "$redis $name 1s; $name 1s;",
            $api);
    refused('must not be zero', "$redis $name 0;", $api);
}

taken("$redis tender_redis_max_pending $_;", $api) for 1, 100000;
refused('must not be zero', "$redis tender_redis_max_pending 0;", $api);
refused('"tender_redis_max_pending" directive invalid number',
        "$redis tender_redis_max_pending $_;", $api) for 'x', '-1', '1k';
refused('"tender_redis_max_pending" directive is duplicate',
        "$redis tender_redis_max_pending 5; tender_redis_max_pending 5;",
        $api);

taken("$redis tender_redis_connections $_;", $api) for 1, 64;
refused('"tender_redis_connections" must be between 1 and 64',
        "$redis tender_redis_connections $_;", $api) for 0, 65;
refused('"tender_redis_connections" directive invalid number',
        "$redis tender_redis_connections $_;", $api) for 'x', '-1';
refused('"tender_redis_connections" directive is duplicate',
        "$redis tender_redis_connections 5; tender_redis_connections 5;",
        $api);

taken("$redis tender_redis_backoff $_;", $api)
    for '50ms 2 500ms', '1ms 1 1ms', '1s 100 1m';
refused('"tender_redis_backoff" takes the first delay, a factor from 1 to 100 '
        . 'and the longest delay, as in "50ms 2 500ms"',
        "$redis tender_redis_backoff $_;", $api)
    for '0 2 500ms', '50ms 0 500ms', '50ms 101 500ms', '500ms 2 50ms',
        'x 2 500ms', '50ms x 500ms', '50ms 2 x', '50ms 1.5 500ms',
        '50ms -2 500ms';
refused('invalid number of arguments in "tender_redis_backoff"',
        "$redis tender_redis_backoff $_;", $api) for '50ms', '50ms 2',
                                                     '50ms 2 500ms 1';
refused('"tender_redis_backoff" directive is duplicate',
        "$redis tender_redis_backoff 1s 1 1s; tender_redis_backoff 1s 1 1s;",
        $api);


# the exchange

taken("$redis tender_prefix $_;", $api)
    for 'city:', 'a', 'A_b-c.9:', 'x' x 64;
refused('"tender_prefix" is 1 to 64 letters, digits and ":", ".", "_", "-", '
        . 'as in "city:"', "$redis tender_prefix $_;", $api)
    for '""', '"a b"', '"{a}"', 'a*', 'a?', '"a[b]"', "\xd1\x84", 'x' x 65,
        'a/b', '"a\\b"', '"~"';
refused('"tender_prefix" directive is duplicate',
        "$redis tender_prefix a; tender_prefix b;", $api);

taken("$redis tender_id_prefix $_;", $api) for 'UA', 'FRA', 'ABCDEFGH';
refused('"tender_id_prefix" is 2 to 8 capital letters, the country\'s code, '
        . 'as in "UA"', "$redis tender_id_prefix $_;", $api)
    for '""', 'U', 'ua', 'Ua', 'U1', 'UA-', 'ABCDEFGHI', "\xd0\xa3\xd0\x90";
refused('"tender_id_prefix" directive is duplicate',
        "$redis tender_id_prefix UA; tender_id_prefix FR;", $api);

taken("$redis tender_timezone $_;", $api)
    for 'UTC', 'Europe/Kyiv', 'Europe/Kiev', 'America/Argentina/Buenos_Aires',
        'Etc/GMT+12';
refused("unknown time zone \"$_\" in \"tender_timezone\": use an IANA name, "
        . 'as "Europe/Kyiv"', "$redis tender_timezone $_;", $api)
    for 'Mars/Base', 'Kyiv', 'x' x 300, '../../etc/passwd',
        "\xd1\x84";
refused('in "tender_timezone"', "$redis tender_timezone \"\";", $api);
refused('"tender_timezone" directive is duplicate',
        "$redis tender_timezone UTC; tender_timezone UTC;", $api);


# locations

refused('unknown version "' . $_ . '" in "tender_api": it speaks "0.1"',
        $redis, "location / { tender_api $_; }")
    for '0.2', '1', '0', '0.10', 'v0.1', '.1';
refused('invalid number of arguments in "tender_api"', $redis,
        "location / { tender_api$_; }") for '', ' 0.1 0.1';
refused('"tender_api" directive is not allowed here', 'tender_api 0.1;', '');
refused('"tender_api" directive is not allowed here', $redis,
        'tender_api 0.1;');
refused('"tender_api" in a location that another directive serves already',
        $redis, "location / { $_ tender_api 0.1; }")
    for 'tender_api 0.1;', 'tender_status;', 'proxy_pass http://127.0.0.1;',
        'empty_gif;';
refused('"tender_status" in a location that another directive serves already',
        $redis, 'location / { tender_api 0.1; tender_status; }');
refused("\"$_\" needs a prefix location, not one with a regular expression",
        $redis, "location ~ ^/x { $_" . ($_ eq 'tender_api' ? ' 0.1' : '')
                . '; }') for 'tender_api', 'tender_status';
refused("\"$_\" needs a prefix location, not a named one", $redis,
        "location \@x { $_" . ($_ eq 'tender_api' ? ' 0.1' : '') . '; }')
    for 'tender_api', 'tender_status';
refused('invalid number of arguments in "tender_status"', $redis,
        'location / { tender_status on; }');
taken($redis, "location $_ { tender_api 0.1; }")
    for '/', '= /x', '^~ /x/', '/api/0.1', '/api/0.1/';

taken("$redis tender_anonymous read;", $api);
taken($redis, "tender_anonymous write; tender_ownership off; $api");
taken($redis, "location / { tender_api 0.1; tender_anonymous $_; }")
    for qw(none read write auction admin);
refused('invalid value "' . $_ . '"', $redis,
        "location / { tender_api 0.1; tender_anonymous $_; }")
    for 'on', 'all', 'readwrite';
refused('"tender_anonymous" directive is duplicate', $redis,
        'location / { tender_api 0.1; tender_anonymous none; '
        . 'tender_anonymous none; }');
refused('unknown directive "tender_apis"', $redis,
        'location / { tender_apis 0.1; }');



# what a tender's life is bound by

for my $level ('http', 'server', 'location') {
    for my $line ('tender_ownership on;', 'tender_ownership off;',
                  'tender_max_bids 1;', 'tender_max_bids 1000;',
                  'tender_max_documents 1;', 'tender_max_documents 1000;',
                  'tender_minimal_step 7%;', 'tender_minimal_step 0.5%;',
                  'tender_minimal_step 100%;', 'tender_minimal_step 35;',
                  'tender_minimal_step 0.01;')
    {
        taken($level eq 'http' ? "$redis $line" : $redis,
              ($level eq 'server' ? $line : '')
              . 'location / { tender_api 0.1; '
              . ($level eq 'location' ? $line : '') . '}',
              "$level: $line");
    }
}

refused("\"$_\" directive is duplicate", "$redis $_ 1; $_ 1;", $api)
    for qw(tender_max_bids tender_max_documents tender_minimal_step);
refused('"tender_ownership" directive is duplicate',
        "$redis tender_ownership on; tender_ownership on;", $api);
refused('it must be "on" or "off"', "$redis tender_ownership yes;", $api);
refused('value must be between 1 and 1000', "$redis $_;", $api)
    for map { ("$_ 0", "$_ 1001") } qw(tender_max_bids tender_max_documents);
refused('invalid number', "$redis tender_max_bids $_;", $api)
    for 'x', '-1', '1k';
refused('"tender_minimal_step" is a percentage of the total value up to 100%',
        "$redis tender_minimal_step $_;", $api)
    for '0', '0%', '100.1%', '-5', 'x', '5%%', '%', '"7 %"';


# the keys of sealed bids

my $key = 'ab' x 32;

taken("$redis tender_seal_key_file " . file('seal', $_) . ';', $api,
      'keys in a file')
    for $key, "$key\n", "$key\r\n" . uc($key) . "\r\n", "\n$key\n\n",
        join("\n", ($key) x 16);

refused('must hold 1 to 16 lines, each a key of 64 hexadecimal digits',
        "$redis tender_seal_key_file " . file('seal', $_) . ';', $api)
    for '', "\n", 'ab', "${key}0", substr($key, 1), 'x' x 64, "$key\nab",
        " $key", join("\n", ($key) x 17), ("$key\n" x 100);

refused('open()', "$redis tender_seal_key_file $dir/none;", $api);
refused('"tender_seal_key_file" directive is duplicate',
        "$redis " . ('tender_seal_key_file ' . file('seal', $key) . ';') x 2,
        $api);

done_testing;
