#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# tender_admin_bootstrap_file: the first administrator, once for each token.

use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use File::Temp ();
use MIME::Base64 qw(encode_base64);
use Test::More;

use lib 't/lib';
use Tender::Access;
use Tender::Api qw(:DEFAULT :life);
use Tender::Test;


my $TOKEN = 'first-' . '0123456789abcdef' x 2;
my $OTHER = 'other-' . '0123456789abcdef' x 2;

my $t = access_test(
    http     => 'tender_admin_bootstrap_file %%DIR%%/token;',
    files    => { token => "$TOKEN\n" },
    location => 'location /desk/ { tender_admin; tender_auth_cache 0; }',
);

my $WANTED = [header => 'Authorization', 'The token of '
              . 'tender_admin_bootstrap_file is needed here'];
my $USED   = [header => 'Authorization', 'This token has been used: put '
              . 'another one into tender_admin_bootstrap_file'];
my %FIRST  = (login => 'Admin', password => 'correct horse');

# ------------------------------------------------------- what is not enough

for my $header (undef, '', 'Bearer', 'Bearer ', "Bearer x$TOKEN",
                'Bearer ' . substr($TOKEN, 1), "Basic $TOKEN", $TOKEN,
                'Bearer ' . sha256_hex($TOKEN))
{
    my $r = first($header, \%FIRST);

    refused($r, 401, $WANTED, 'Authorization: ' . ($header // 'none'));
    is($r->header('WWW-Authenticate'), 'Bearer', 'a token is asked for');
}

for my $bad ([{ login => 'admin' }, password => 'This field is required.'],
             [{ password => 'correct horse' }, login =>
              ['This field is required.']],
             [{ %FIRST, password => 'short' }, 'password'],
             [{ %FIRST, login => 'a b' }, login =>
              ['Letters, digits and any of . _ + @ - are expected.']],
             [{ login => 'admin', passwordHash => '$2b$04$'
                . 'abcdefghijklmnopqrstuu' . 'a' x 31 }, password =>
              'This field is required.'],
             [{ %FIRST, tenant => 'x' }, tenant => 'Rogue field'])
{
    my $r = first("Bearer $TOKEN", $bad->[0]);

    is($r->status, 422, join ' ', '422:', %{ $bad->[0] });
    is($r->json->{errors}[0]{name}, $bad->[1], 'by its name');
    is_deeply($r->json->{errors}[0]{description}, $bad->[2], 'and why')
        if $bad->[2];
}

is($t->get('/desk/bootstrap')->status, 405, 'GET');
is($t->redis('EXISTS', '{g}:accounts'), 0, 'nobody was made');

# ------------------------------------------------ many at once: one is made

my @r = $t->parallel(8, sub {
    my $r = first("Bearer $TOKEN", { %FIRST, login => "admin$_[0]" });

    return join ' ', $r->status, $r->body;
});

my ($made) = grep { /^201 / } @r;

is(scalar(grep { /^201 / } @r), 1, 'of many one is made');
is(scalar(grep { /^403 .*This token has been used/ } @r), 7,
   'the others come too late');
is($t->redis('HLEN', '{g}:accounts') . $t->redis('HLEN', '{g}:users'), '11',
   'and leave nothing behind');

my ($account, $login) = $made =~ /"account":"(\d+)".*"login":"(admin\d\@\*)"/;

ok($login, 'its login is of all tenants') or diag $made;

refused(first("Bearer $TOKEN", \%FIRST), 403, $USED, 'the token is used up');
refused(first("bearer  $TOKEN", \%FIRST), 403, $USED,
        'whatever the scheme is written like');

# --------------------------------------------------------- what it may do

my $in = { Authorization => 'Basic '
           . encode_base64("$login:correct horse", '') };

my $r = $t->request('GET', '/desk/accounts', $in);

is($r->status, 200, 'it logs in');
is_deeply([map { "$_->{name} $_->{tenant} @{ $_->{scopes} }" }
           @{ $r->json->{data} }],
          ['Administrator * read create update delete auction admin'],
          'and is an account of all tenants');

is($t->request('POST', '/desk/accounts', $in,
               { data => { name => 'x', tenant => 'acme',
                           scopes => ['write', 'admin'] } })->status, 201,
   'it makes others');

my @audit = map { "$_->{who} $_->{op} $_->{kind} @{ $_->{what} }" }
            @{ $t->get('/admin/audit')->json->{data} };

ok((grep { $_ eq 'bootstrap create user login,password' =~ s/,/ /r } @audit),
   'it is in the audit') or diag join "\n", @audit;

# a user of the tenant "*" is taken away: the token stays used

my ($user) = $made =~ /"user":"(\d+)"/;

remove($t, { url => "/admin/accounts/$account/users/$user" });
remove($t, { url => "/admin/accounts/$account" });
refused(first("Bearer $TOKEN", \%FIRST), 403, $USED, 'for ever');

# ----------------------------------------------------------- another token

$t->write_file('token', "$OTHER\r\n");
$t->reload;

my $other = account($t, tenant => '*');

user($t, $other, login => 'admin');

refused(first("Bearer $OTHER", \%FIRST), 409,
        [body => 'login', 'Another user of the tenant has this login'],
        'a login that is taken');
is($t->redis('HGET', '{g}:names', 'bootstrap:' . sha256_hex($OTHER)), undef,
   'does not use up the token');
is(scalar(grep { $_->{name} eq 'Administrator' }
          @{ $t->get('/admin/accounts')->json->{data} }), 0,
   'and leaves nothing behind');
is(first("Bearer $OTHER", { %FIRST, login => 'second' })->status, 201,
   'another one is not');

my $seen = join "\n", everything($t), $t->access_log, $t->kept_log;

unlike($seen, qr/\Q$_\E/, 'no secret is kept') for $TOKEN, $OTHER,
                                                   'correct horse';

$t->finish;

# ------------------------------------------------------------ without a file

$t = access_test();
is(first("Bearer $TOKEN", \%FIRST)->status, 404, 'nothing without the file');
$t->finish;

# ------------------------------------------------------------------ nginx -t

my $dir = File::Temp->newdir('tender-XXXXXXXX', TMPDIR => 1);

my $HOW = quotemeta 'must hold one line, a token of 32 to 512 characters '
          . 'without spaces; make one with "openssl rand -hex 32"';

like(conf($_->[1]), qr/"[^"]+bad\.token" $HOW/, "nginx -t: $_->[0]")
    for ['empty', ''], ['a line', "\n"], ['short', 'x' x 31],
        ['long', 'x' x 513], ['two lines', 'x' x 40 . "\n" . 'x' x 40],
        ['a blank', 'x' x 20 . ' ' . 'x' x 20], ['a tab', "\t" . 'x' x 40],
        ['not ASCII', "\xc3\xa9" x 20], ['binary', "\0" x 64];

is(conf($_), '', 'nginx -t: ' . length $_) for 'x' x 32, 'x' x 512 . "\n";

like(conf(undef), qr/open\(\) "[^"]+bad\.token" failed/,
     'nginx -t: there is none');
like(conf('x' x 32, 'tender_admin_bootstrap_file bad.token;'),
     qr/"tender_admin_bootstrap_file" directive is duplicate/,
     'nginx -t: two of them');

done_testing;


sub first {
    my ($header, $data) = @_;

    return $t->request('POST', '/desk/bootstrap',
                       { defined $header ? (Authorization => $header) : () },
                       { data => $data })
        if $t->{location} =~ m{/desk/};

    return $t->request('POST', '/admin/bootstrap',
                       { Authorization => $header }, { data => $data });
}


# what nginx -t says of a file with this text

sub conf {
    my ($text, $more) = @_;

    my $module = Tender::Test::module_path();
    my $load   = $module ? "load_module $module;" : '';
    my $env    = '';

    $env  = 'ASAN_OPTIONS=detect_leaks=0 ' if $ENV{TEST_TENDER_ASAN};
    $env .= "LD_PRELOAD=$ENV{TEST_TENDER_PRELOAD} "
        if $ENV{TEST_TENDER_PRELOAD};

    $more //= '';
    unlink "$dir/bad.token";
    write_to('bad.token', $text) if defined $text;

    my $temp = join "\n", map { "${_}_temp_path $dir/$_;" }
               qw(client_body proxy fastcgi uwsgi scgi);

    write_to('nginx.conf', <<"END");
$load
${\($> == 0 ? 'user root;' : '')}
pid $dir/nginx.pid;
error_log stderr;
events { }
http {
    access_log off;
    $temp
    tender_admin_bootstrap_file bad.token;
    $more
    server { listen unix:$dir/socket; }
}
END

    open my $out, '-|', $env . Tender::Test::nginx_binary()
         . " -t -q -p $dir -c $dir/nginx.conf -e $dir/error.log 2>&1"
        or die "nginx: $!";
    local $/;

    return readline($out) // '';
}


sub write_to {
    my ($name, $text) = @_;

    open my $fh, '>:raw', "$dir/$name" or die "$name: $!";
    print $fh $text;
    close $fh or die "$name: $!";
}
