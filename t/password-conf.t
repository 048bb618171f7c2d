#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# The threads that check passwords: nginx -t says when there are none.

use strict;
use warnings;

use File::Temp ();
use Test::More;

use lib 't/lib';
use Tender::Login;
use Tender::Test;


my $dir    = File::Temp->newdir('tender-XXXXXXXX', TMPDIR => 1);
my $module = Tender::Test::module_path();
my $load   = $module ? "load_module $module;" : '';
my $user   = $> == 0 ? 'user root;' : '';
my $env    = '';

$env  = 'ASAN_OPTIONS=detect_leaks=0 ' if $ENV{TEST_TENDER_ASAN};
$env .= "LD_PRELOAD=$ENV{TEST_TENDER_PRELOAD} " if $ENV{TEST_TENDER_PRELOAD};

my @temp = map { "${_}_temp_path $dir/$_;" }
           qw(client_body proxy fastcgi uwsgi scgi);


sub check {
    my ($main, $http, $server, $behind) = @_;

    $behind //= '';

    open my $fh, '>', "$dir/nginx.conf" or die "nginx.conf: $!";
    print $fh <<"END";
$load
$user
pid $dir/nginx.pid;
error_log stderr;
$main
events { }
http {
    access_log off;
    @temp
    tender_redis unix:/tmp/none.sock;
    $http
    server { listen unix:$dir/socket; $server }
}
$behind
END
    close $fh;

    open my $out, '-|', $env . Tender::Test::nginx_binary()
         . " -t -q -p $dir -c $dir/nginx.conf"
         . " -e $dir/error.log 2>&1" or die "nginx: $!";
    local $/;

    my $words = readline($out) // '';

    close $out;

    return ($? >> 8) . " $words";
}


my $ACCOUNT = 'location / { tender_account; }';
my $others  = 'tender_password_threads others;';

like(check('', '', $ACCOUNT),
     qr/^1\ .*\[emerg\].*passwords\ are\ checked\ by\ threads,\ and\ there\ is
        \ no\ pool\ "tender"\ of\ them:\ write\ "thread_pool\ tender\ threads=2
        \ max_queue=64;"\ at\ the\ top\ level,\ before\ the\ "http"\ block/x,
     'no threads');
like(check($POOL, $others, $ACCOUNT),
     qr/^1 .*no pool "others" of them: write "thread_pool others threads=2 /,
     'another pool');
like(check('', '', $ACCOUNT, $POOL), qr/^1 .*no pool "tender"/,
     'one behind the http block');
like(check('', '', 'location / { tender_api 0.1; tender_auth basic; }'),
     qr/^1 .*no pool "tender"/, 'Basic needs one');

is(check($POOL, '', $ACCOUNT), '0 ', 'the pool');
is(check('thread_pool others threads=1;', $others, $ACCOUNT), '0 ',
   'one of another name');
is(check($POOL, '', 'location / { tender_api 0.1; tender_auth basic; }'),
   '0 ', 'Basic with one');
is(check('', '', 'location / { tender_api 0.1; }'), '0 ',
   'what knows no passwords needs none');

for my $name ('= /login', '/login', '/', '/portal/', '= /portal/login') {
    is(check($POOL, '', "location $name { tender_account; }"), '0 ', $name);
}

like(check($POOL, '', 'location ~ /login { tender_account; }'),
     qr/^1 .*"tender_account" needs a prefix location/,
     'a regular expression');
like(check($POOL, '', 'location @login { tender_account; }'),
     qr/^1 .*"tender_account" needs a prefix location/, 'a name');
like(check($POOL, '', 'location / { tender_account; tender_api 0.1; }'),
     qr/^1 .*another directive serves already/, 'two dialects');

done_testing;
