#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# nginx -t: the directives of OAuth.

use strict;
use warnings;

use File::Temp ();
use Test::More;

use lib 't/lib';
use Tender::Test;


my $dir    = File::Temp->newdir('tender-XXXXXXXX', TMPDIR => 1);
my $module = Tender::Test::module_path();
my $load   = $module ? "load_module $module;" : '';
my $user   = $> == 0 ? 'user root;' : '';
my $pool   = 'thread_pool tender threads=2 max_queue=64;';
my $env    = '';

$env  = 'ASAN_OPTIONS=detect_leaks=0 ' if $ENV{TEST_TENDER_ASAN};
$env .= "LD_PRELOAD=$ENV{TEST_TENDER_PRELOAD} " if $ENV{TEST_TENDER_PRELOAD};

my @temp = map { "${_}_temp_path $dir/$_;" }
           qw(client_body proxy fastcgi uwsgi scgi);


sub check {
    my ($server, $main) = @_;

    open my $fh, '>', "$dir/nginx.conf" or die "$dir/nginx.conf: $!";
    print $fh <<"END";
$load
$user
${\ ($main // '')}
pid $dir/nginx.pid;
error_log stderr;
events { }
http {
    access_log off;
    @temp
    tender_redis unix:/tmp/none.sock;
    server { listen unix:$dir/socket; $server }
}
END
    close $fh;

    open my $out, '-|', $env . Tender::Test::nginx_binary()
         . " -t -q -p $dir -c $dir/nginx.conf"
         . " -e $dir/error.log 2>&1" or die "nginx: $!";
    local $/;

    my $words = readline($out) // '';

    close $out;

    return ($? >> 8, $words);
}


sub taken {
    my ($server, $main) = @_;

    my ($status, $words) = check($server, $main);

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is("$status $words", '0 ', $server);
}


sub refused {
    my ($sentence, $server, $main) = @_;

    my ($status, $words) = check($server, $main);

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    isnt($status, 0, "refused: $server");
    like($words, qr/\[emerg\] .*\Q$sentence\E/, 'with its sentence');
}


taken('location /oauth/ { tender_oauth; }');
taken('location = /token { tender_oauth; }');
taken('location / { tender_oauth; }');
taken('location /oauth/ { tender_oauth; tender_oauth_password_grant on; }',
      $pool);
taken('location /oauth/ { tender_oauth; tender_oauth_password_grant off; }');
taken('location /oauth/ { tender_oauth; tender_oauth_get on;
       tender_oauth_query_credentials on; tender_token_ttl 10m;
       tender_refresh_ttl 0; }');
taken('tender_token_ttl 1d; tender_refresh_ttl 90d; tender_oauth_get on;
       tender_oauth_query_credentials on; location / { tender_oauth; }');
taken("location = /x { tender_oauth_metadata $_; }")
    for qw(/ /oauth /oauth/ /a/b-c_d.e~f/0);

refused('thread_pool tender',
        'location /oauth/ { tender_oauth; tender_oauth_password_grant on; }');
refused('invalid number of arguments', 'location / { tender_oauth on; }');
refused('invalid number of arguments', 'location / { tender_oauth_metadata; }');
refused('directive is not allowed here', 'tender_oauth;');
refused('directive is not allowed here', 'tender_oauth_metadata /oauth;');
refused('another directive serves already',
        'location / { tender_oauth; tender_oauth; }');
refused('another directive serves already',
        'location / { tender_oauth; tender_oauth_metadata /oauth; }');
refused('another directive serves already',
        'location / { tender_oauth_metadata /a; tender_oauth_metadata /a; }');
refused('regular expression', 'location ~ /oauth { tender_oauth; }');
refused('regular expression',
        'location ~ /oauth { tender_oauth_metadata /oauth; }');
refused('not a named one', 'location @a { tender_oauth; }');
refused('should be the prefix of a location with "tender_oauth"',
        "location / { tender_oauth_metadata $_; }")
    for 'oauth', 'https://example.com/oauth', '/a?b', '"/a#b"', '"/a b"', '""',
        '/a%2fb', '$uri';
refused('invalid value', "location / { tender_oauth; $_ x; }")
    for qw(tender_oauth_get tender_oauth_password_grant
           tender_oauth_query_credentials tender_token_ttl
           tender_refresh_ttl);
refused('is duplicate', "location / { tender_oauth; $_; $_; }")
    for 'tender_oauth_get on', 'tender_token_ttl 1h',
        'tender_refresh_ttl 1h';

done_testing;
