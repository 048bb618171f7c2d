#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# How long a refusal takes tells nothing: not how much of a secret was right,
# nor whether there is such a user or client.

use strict;
use warnings;

use List::Util qw(shuffle);
use MIME::Base64 qw(encode_base64);
use Test::More;
use Time::HiRes qw(time);

use lib 't/lib';
use Tender::Access;
use Tender::Jwt;


my $FORM   = 'application/x-www-form-urlencoded';
my $ROUNDS = 1500;              # samples of each
my $LIMIT  = 1.5;               # the slowest to the fastest, medians

my $t = access_test(
    http     => 'tender_chronograph off;',
    location => <<'END');
        location /api/ { tender_api 0.1;
                         tender_auth api_code bearer oauth2 basic session; }
        location /oauth/ { tender_oauth; tender_oauth_password_grant on; }
        location = /login { tender_account; tender_session_secure off; }
END

my $account = account($t);
my $user    = user($t, $account, login => 'clerk', password => 'Correct horse');
my $client  = client($t, $account);
my $code    = api_code($t, $account)->{code};
my $secret  = 's' x 40;

key($t, $account, kid => 'a', alg => 'HS256', secret => $secret);

my $c = $t->client;             # one connection for all of them

my $jwt = jwt(jwt_secret('HS256', $secret),
              { sub => $account->{id} + 0, exp => time() + 3600 },
              { kid => 'a' });
my $token = $c->post('/oauth/token', 'grant_type=client_credentials', {
    'Content-Type' => $FORM,
    Authorization  => basic($client->{id}, $client->{secret}),
})->json->{access_token};

my $r = $c->post('/login', { username => 'clerk',
                             password => 'Correct horse' });
my ($cookie) = $r->header('Set-Cookie') =~ /^tender_session=([^;]+)/;
my $csrf = $r->json->{csrf};


sub basic { 'Basic ' . encode_base64(join(':', @_), '') }


sub median {
    my @sorted = sort { $a <=> $b } @_;

    return $sorted[$#sorted / 2];
}


# the text with another character at that place and at all that follow, of the
# same kind, so that each of them has the right form

sub right_until {
    my ($text, $n) = @_;

    my $end = substr $text, $n, length $text, '';

    $end =~ /^[0-9a-f]+$/ ? $end =~ tr/0-9a-f/1-9a-f0/
                          : $end =~ tr/A-Za-z0-9_-/B-ZAb-za1-90\-_/;

    return $text . $end;
}


# bytes of a request for what is refused

sub get {
    my (%headers) = @_;

    return $c->format('GET', '/api/tenders', \%headers);
}


# seconds from the first byte that is sent to the last one that comes

sub sample {
    my ($bytes, $status) = @_;

    my $start = time();

    $c->send($bytes);

    my $answer = $c->receive('GET');
    my $took = time() - $start;

    die 'it was answered ', $answer->status, ', not ', $status, ': ',
        $answer->body if $answer->status != $status;

    return $took;
}


# commands that Redis had so far: with those of its scripts

sub commands {
    my $stats = $t->redis('INFO', 'commandstats');
    my $n = 0;

    $n += $1 while $stats =~ /:calls=(\d+)/g;

    return $n;
}


sub same_commands {
    my ($name, $status, $cases) = @_;

    my %calls = map {
        my $before = commands();

        sample($cases->{$_}, $status);
        $_ => commands() - $before;
    } keys %$cases;

    is(scalar(keys %{ { reverse %calls } }), 1,
       "$name: Redis is asked the same for each of them")
        or diag(explain(\%calls));
}


# samples of each in turn, in another order each time, and what is done before
# each of them

sub compare {
    my ($name, $status, $rounds, $limit, $cases, $prepare) = @_;

    my @names = sort keys %$cases;
    my %times;

    for (1 .. $rounds) {
        for my $case (shuffle @names) {
            $prepare->() if $prepare;
            push @{ $times{$case} }, sample($cases->{$case}, $status);
        }
    }

    my %median = map { $_ => median(@{ $times{$_} }) } @names;
    my ($least, @more) = sort { $a <=> $b } values %median;

    cmp_ok($more[-1] / $least, '<', $limit, "$name: one takes as long as "
           . 'another')
        or diag(map { sprintf "%-20s %.0f us\n", $_, 1e6 * $median{$_} }
                @names);
}


# -------------------------------------------------- how much of it is right

my %secret = (
    'an api_code'       => [$code, 4,
                            sub { get('X-Api-Code' => $_[0]) }],
    'a token'           => [$token, 37,
                            sub { get(Authorization => "Bearer $_[0]") }],
    'the family of one' => [$token, 5,
                            sub { get(Authorization => "Bearer $_[0]") }],
    'a cookie'          => [$cookie, 4,
                            sub { get(Cookie => "tender_session=$_[0]") }],
    'a signature'       => [$jwt, 1 + rindex($jwt, '.'),
                            sub { get(Authorization => "Bearer $_[0]") }],
);

is($c->get('/api/tenders', { 'X-Api-Code' => $code })->status, 200,
   'an api_code is good');
is($c->get('/api/tenders', { Authorization => "Bearer $_" })->status, 200,
   'a token is good') for $token, $jwt;
is($c->get('/api/tenders', { Cookie => "tender_session=$cookie" })->status,
   200, 'a cookie is good');

for my $name (sort keys %secret) {
    my ($text, $from, $make) = @{ $secret{$name} };
    my $end = $name =~ /family/ ? 37 : length $text;

    # the last character of a signature has bits that say nothing
    $end-- if $name eq 'a signature';

    my %cases = map { sprintf('%3d characters', $_)
                      => $make->(right_until($text, $_)) }
                $from, int(($from + $end) / 2), $end - 1;

    same_commands($name, 401, \%cases);
    compare($name, 401, $ROUNDS, $LIMIT, \%cases);
}

# the CSRF token, which a worker compares by itself

{
    my $post = sub {
        return $c->format('POST', '/api/tenders', {
            Cookie => "tender_session=$cookie", 'X-CSRF-Token' => $_[0],
        }, '{"data":{}}');
    };

    is($c->post('/api/tenders', { data => {} },
                { Cookie => "tender_session=$cookie",
                  'X-CSRF-Token' => $csrf })->status, 201,
       'a CSRF token is good');
    compare('a CSRF token', 403, $ROUNDS, $LIMIT,
            { map { sprintf('%3d characters', $_)
                    => $post->(right_until($csrf, $_)) } 0, 32, 63 },
            sub { sample(get(Cookie => "tender_session=$cookie"), 200) });
}


# -------------------------------------------------------- whether there is one

sub forget_tries {
    my @keys = @{ $t->redis('KEYS', '{g}:tries:*') };

    $t->redis('DEL', @keys) if @keys;
}


sub ask_token {
    my (@client) = @_;

    return $c->format('POST', '/oauth/token', {
        'Content-Type' => $FORM, Authorization => basic(@client),
    }, 'grant_type=client_credentials');
}


compare('a client', 401, 300, $LIMIT, {
    'there is none'     => ask_token('0' x 32, $client->{secret}),
    'a wrong secret'    => ask_token($client->{id}, 'tndc' . 'a' x 40),
    'one that is right until its end'
                        => ask_token($client->{id},
                                     right_until($client->{secret}, 43)),
}, \&forget_tries);

# a password is hashed, for nobody as well

for my $way ('Basic', 'JSON') {
    my $try = sub {
        my ($login, $password) = @_;

        return $way eq 'Basic'
             ? get(Authorization => basic($login, $password))
             : $c->format('POST', '/login', {},
                          qq({"username":"$login","password":"$password"}));
    };

    compare("a password, $way", 401, 25, 2, {
        'nobody'           => $try->('nobody', 'Correct horse'),
        'no tenant'        => $try->('clerk@acme', 'Correct horse'),
        'no name'          => $try->('@', 'Correct horse'),
        'a wrong password' => $try->('clerk', 'Correct hors1'),
    }, \&forget_tries);
}

$t->finish;
done_testing;
