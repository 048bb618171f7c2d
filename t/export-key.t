#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# An api_code for a refresh code, at the export: in each format, with both
# codes good for an hour, and with all that is refused.

use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use JSON::PP ();
use Test::More;

use lib 't/lib';
use Tender::Access;
use Tender::Test;


my $XML   = 'application/xml; charset=utf-8';
my $JSON  = 'application/json; charset=utf-8';
my $CSV   = 'text/csv; charset=utf-8; header=present';
my $DECL  = qq(<?xml version="1.0" encoding="UTF-8"?>\n);
my $SHAPE = qr/tndk[0-9A-Za-z]{32}/;

my $t = access_test(
    http     => 'tender_auth_cache off;',
    location => <<'END',
        location = /api/export { tender_export; }
        location = /acme/export { tender_export; tender_tenant_from_host on; }
        location /api/0.1/ { tender_api 0.1; tender_auth api_code; }
END
);

my $account = account($t, name => 'City hall', plan => 'basic',
                      tenant => 'acme');
my $code = api_code($t, $account);
my $get  = '/api/export?get_api_code=true&refresh_code=';
my (%seen, @refused);

seen($code);
formats();
flags();
overlap();
head();
texts();
refusals();
switched_off();
tenants();
tries();
races();
store_away();
secrets();

$t->finish;
done_testing;


# ------------------------------------------------------------------ helpers

sub seen {
    my ($code) = @_;

    $seen{$_} = 1 for $code->{code}, $code->{refresh};
}


# the new api_code; $how: more of the query

sub renew {
    my ($code, $how) = @_;

    my $r = $t->get("$get$code->{refresh}&dtype=json" . ($how // ''));

    return if $r->status != 200;

    my ($new) = $r->body =~ /"api_code":"($SHAPE)"/;

    $seen{$new} = 1;

    return $new;
}


sub good {
    my ($text) = @_;

    my $r = $t->get('/api/0.1/tenders?limit=1', { 'X-Api-Code' => $text });

    return $r->status == 200;
}


# the status, the sentence and the form of a refusal

sub denied {
    my ($r, $status, $code, $message, $name) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is_deeply([$r->status, $r->header('Content-Type') // '',
               eval { $r->json }],
              [$status, $JSON, [ { access => 'denied', code => $code,
                                   message => $message } ]], $name)
        or diag($r->body);
}


sub wrong {
    my ($r, $name) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    denied($r, 401, 'unauthorized', 'refresh_code: Missing or wrong', $name);
    like($r->header('WWW-Authenticate') // '', qr/^Bearer realm="tender"/,
         "$name: a challenge");
}


sub names {
    my %names = @{ $t->redis('HGETALL', '{g}:names') };

    return \%names;
}


# -------------------------------------------------------------- what is good

sub formats {

    # as it is printed: https://www.tenderinfo.org/api/export?refresh_code=<>
    # &get_api_code=true

    my $r = $t->get("/api/export?refresh_code=$code->{refresh}"
                    . '&get_api_code=true', { Host => 'www.tenderinfo.org' });

    is($r->status, 200, 'the address as it is printed');
    is($r->header('Content-Type'), $XML, 'XML');
    is($r->header('Cache-Control'), 'no-store', 'Cache-Control');
    is($r->header('Referrer-Policy'), 'no-referrer', 'Referrer-Policy');
    like($r->body, qr{\A\Q$DECL\E<Items><Item><api_code>$SHAPE</api_code>
                      <expires/><plan>basic</plan></Item></Items>\n\z}x,
         'its XML');

    for my $dtype ('&dtype=', '&dtype=xml', '&dtype=XML') {
        is($t->get("$get$code->{refresh}$dtype")->header('Content-Type'),
           $XML, "$dtype: XML");
    }

    for my $dtype (qw(json JSON Json)) {
        $r = $t->get("$get$code->{refresh}&dtype=$dtype");

        is($r->header('Content-Type'), $JSON, "dtype=$dtype: JSON");
        like($r->body, qr/\A\[\{"api_code":"$SHAPE","expires":null,
                          "plan":"basic"\}\]\z/x, 'its JSON');
    }

    $r = $t->get("$get$code->{refresh}&dtype=csv");
    is($r->header('Content-Type'), $CSV, 'dtype=csv: CSV');
    like($r->body, qr/\Aapi_code,expires,plan\r\n$SHAPE,,basic\r\n\z/,
         'its CSV');
    ok(good($r->body =~ /($SHAPE)/), 'the code is good');

    my %codes;

    $codes{ renew($code) } = 1 for 1 .. 3;
    is(scalar keys %codes, 3, 'each is another one');
}


sub flags {
    is($t->get("/api/export?get_api_code=1&refresh_code=$code->{refresh}")
         ->status, 200, 'get_api_code=1');

    for my $value ('', '0', 'false', 'TRUE', 'yes', '2', 'true%20') {
        denied($t->get("/api/export?get_api_code=$value&dtype=json"
                       . "&refresh_code=$code->{refresh}"), 400,
               'bad_request', 'get_api_code: Expected true or 1',
               "get_api_code=$value");
    }

    for my $value ('', '0', 'no') {
        denied($t->get("$get$code->{refresh}&dtype=json&update=$value"), 400,
               'bad_request', 'update: Expected true or 1',
               "update=$value");
    }
}


sub overlap {
    my $own   = api_code($t, $account);
    my $first = $own->{code};
    my $id    = $own->{id};

    seen($own);
    ok(good($first), 'a code');

    my $now    = $t->redis('TIME')->[0];
    my $second = renew($own);

    ok(good($second), 'the new one is good');
    ok(good($first), 'so is the one before');

    my $names = names();
    my ($until) = ($names->{ 'secret:' . sha256_hex($first) } // '')
                  =~ /^c \Q$id\E (\d+)\d{6}$/;

    cmp_ok($until - $now, '>=', 3599, 'for an hour');
    cmp_ok($until - $now, '<=', 3605, 'and not longer');
    is($names->{ 'secret:' . sha256_hex($second) }, "c $id",
       'the new one without an end');

    # the hour is over

    $t->redis('HSET', '{g}:names', 'secret:' . sha256_hex($first),
              "c $id " . ($now - 1) . '000000');
    ok(!good($first), 'then it is not');
    ok(good($second), 'the new one is');

    # two are good at a time

    my $third = renew($own);

    is(names()->{ 'secret:' . sha256_hex($first) }, undef,
       'the one before the last is forgotten');
    ok(good($second) && good($third), 'two codes');

    my $fourth = renew($own);

    is_deeply([map { good($_) ? 1 : 0 } $second, $third, $fourth], [0, 1, 1],
              'of three');

    my $fifth = renew($own, '&update=1');

    is_deeply([map { good($_) ? 1 : 0 } $third, $fourth, $fifth], [0, 0, 1],
              'update=1: one');
    is_deeply([sort grep { names()->{$_} =~ /^c \Q$id\E\b/ } keys %{ names() }],
              ['secret:' . sha256_hex($fifth)], 'the others are forgotten');

    my $sixth = renew($own, '&update=true');

    is_deeply([map { good($_) ? 1 : 0 } $fifth, $sixth], [0, 1],
              'update=true, too');
    is_deeply([map { good($_) ? 1 : 0 } $sixth, renew($own)], [1, 1],
              'and an hour for both again');

    # what was changed, by whom

    my ($entry) = @{ $t->redis('XREVRANGE', '{g}:audit', '+', '-', 'COUNT',
                               1) };
    my %audit = @{ $entry->[1] };

    is_deeply([@audit{qw(op kind id account who what)}],
              ['change', 'code', $id, $account->{id},
               "$account->{id}\@acme", 'renew'], 'the audit');

    is($t->get($own->{url})->json->{data}{id}, $id, 'it is the same code');
    unlike($t->get($own->{url})->body, qr/secret|[0-9a-f]{64}/,
           'and shows no hash');
}


# whoever asks for the headers alone would lose the code

sub head {
    my $own = api_code($t, $account);

    seen($own);

    for my $dtype (qw(xml json csv)) {
        my $path = "$get$own->{refresh}&update=1&dtype=$dtype";
        my $r    = $t->head($path);

        is($r->status, 200, "HEAD, $dtype");
        ok(good($own->{code}), 'the code is as it was');

        my $same = $t->get($path);

        is_deeply([map { $r->header($_) } qw(Content-Type Content-Length)],
                  [map { $same->header($_) } qw(Content-Type Content-Length)],
                  'the headers are those of GET');
        ($own->{code}) = $same->body =~ /($SHAPE)/;
        $seen{ $own->{code} } = 1;
    }

    wrong($t->get("${get}wrong&dtype=json"), 'GET, a wrong code');
    is($t->head("${get}wrong")->status, 401, 'HEAD, a wrong code');
}


sub texts {
    my $other = account($t, name => 'x', plan => '=R&D, <"best">');
    my $own   = api_code($t, $other, expires => '2090-01-02T03:04:05Z');

    seen($own);

    like($t->get("$get$own->{refresh}")->body,
         qr{<expires>2090-01-02T03:04:05Z</expires>
            <plan>=R&amp;D,\ &lt;"best"&gt;</plan>}x, 'XML is escaped');
    is_deeply($t->get("$get$own->{refresh}&dtype=json")->json->[0]{plan},
              '=R&D, <"best">', 'so is JSON');
    like($t->get("$get$own->{refresh}&dtype=csv")->body,
         qr/,2090-01-02T03:04:05Z,"'=R&D,\ <""best"">"\r\n\z/x,
         'CSV is quoted, and no formula');

    my $none = account($t, name => 'x');
    my $bare = api_code($t, $none);

    seen($bare);
    like($t->get("$get$bare->{refresh}")->body, qr{<expires/><plan/>},
         'no plan: XML');
    is($t->get("$get$bare->{refresh}&dtype=json")->json->[0]{plan}, undef,
       'no plan: JSON');
}


# ---------------------------------------------------------------- what is not

sub refusals {
    wrong($t->get("${get}tndf" . 'x' x 32 . '&dtype=json'), 'a wrong code');
    wrong($t->get("$get&dtype=json"), 'an empty one');
    wrong($t->get('/api/export?get_api_code=true&dtype=json'), 'none');
    wrong($t->get("$get<>&dtype=json"), 'the placeholder of the page');
    wrong($t->get("$get$code->{code}&dtype=json"), 'an api_code');
    wrong($t->get($get . 'x' x 3000 . '&dtype=json'), 'a long one');
    wrong($t->get($get . '%20' . $code->{refresh} . '&dtype=json'),
          'one with a space');
    wrong($t->get($get . uc($code->{refresh}) . '&dtype=json'),
          'one in other letters');
    ok(!good($code->{refresh}), 'a refresh code is no api_code');

    # in each form

    my $r = $t->get("${get}wrong");

    is($r->header('Content-Type'), $XML, 'in XML');
    is($r->header('Cache-Control'), 'no-store', 'which nobody is to keep');
    is($r->body, "$DECL<Items><access>denied</access><code>unauthorized</code>"
                 . '<message>refresh_code: Missing or wrong</message></Items>'
                 . "\n", 'a denial');

    $r = $t->get("${get}wrong&dtype=csv");
    is($r->header('Content-Type'), $CSV, 'in CSV');
    is($r->body, "access,code,message\r\ndenied,unauthorized,"
                 . "refresh_code: Missing or wrong\r\n", 'a denial');

    for my $dtype ('yaml', 'json,xml', 'jso', 'jsonx', '%20json') {
        $r = $t->get("$get$code->{refresh}&dtype=$dtype");
        is($r->status, 400, "dtype=$dtype: 400");
        is($r->header('Content-Type'), $XML, 'in XML');
        like($r->body, qr{<code>bad_request</code><message>dtype:\ Expected
                          \ json,\ xml\ or\ csv</message>}x, 'a sentence');
    }

    # what is not asked for a code is a search

    for my $query ('', 'refresh_code=x&', 'update=1&') {
        is($t->get("/api/export?${query}dtype=json")->body,
           '[{"Total":"0"}]', "a search: $query");
    }

    denied($t->get("/api/export?api_code=$code->{refresh}&dtype=json"), 401,
           'unauthorized', 'The credential is unknown, has expired or is not '
           . 'taken here', 'a refresh code opens none');

    # the request itself

    $r = $t->get("$get$code->{refresh}&refresh_code=x&dtype=json");
    is($r->status, 400, 'a parameter twice');
    like($r->body, qr{<message>refresh_code: Duplicate parameter</message>},
         'which');

    $r = $t->get('/api/export?strict=1&%3Cb%3E%26=1');
    like($r->body, qr{<message>&lt;b&gt;&amp;: Has no }, 'escaped');

    is($t->get("$get%ff")->status, 400, 'no UTF-8');
    is($t->get("$get%zz")->status, 400, 'no escape');

    for my $method (qw(POST PUT PATCH DELETE)) {
        $r = $t->request($method,
                         "$get$code->{refresh}&update=1&dtype=json");
        denied($r, 405, 'method_not_allowed', 'Method Not Allowed', $method);
        is($r->header('Allow'), 'GET, HEAD', "$method: Allow");
    }
}


sub switched_off {
    my $other = account($t, name => 'x');
    my $own   = api_code($t, $other);
    my $late  = api_code($t, $other, expires => '2090-01-01T00:00:00Z');
    my $ask   = sub { $t->get("$get$_[0]{refresh}&dtype=json") };

    seen($_) for $own, $late;

    is($ask->($own)->status, 200, 'one that is on');
    change($t, $own, enabled => JSON::PP::false);
    wrong($ask->($own), 'one that is off');
    change($t, $own, enabled => JSON::PP::true);
    is($ask->($own)->status, 200, 'on again');

    is($ask->($late)->status, 200, 'one that ends some day');
    change($t, $late, expires => '2001-01-01T00:00:00Z');
    wrong($ask->($late), 'one that has ended');

    change($t, $other, enabled => JSON::PP::false);
    wrong($ask->($own), 'of an account that is off');
    change($t, $other, enabled => JSON::PP::true,
           expires => '2001-01-01T00:00:00Z');
    wrong($ask->($own), 'of one that has ended');
    change($t, $other, expires => '2090-01-01T00:00:00Z');
    is($ask->($own)->status, 200, 'of one that has not');

    remove($t, $own);
    wrong($ask->($own), 'one that was removed');
}


sub tenants {
    my $ask = sub {
        $t->get("/acme/export?get_api_code=1&refresh_code=$code->{refresh}"
                . '&dtype=json', { Host => $_[0] });
    };

    is($ask->('acme.example.com')->status, 200, "the tenant's host");
    wrong($ask->('other.example.com'), "another's");
}


sub tries {
    my $own = api_code($t, $account);
    my $r;

    seen($own);
    forget();

    wrong($t->get("${get}guess&dtype=json"), "guess $_") for 1 .. 10;

    denied($t->get("${get}guess&dtype=json"), 429, 'too_many_requests',
           'Too many tries: come again later', 'the eleventh');
    $r = $t->get("${get}guess&dtype=csv");
    like($r->header('Retry-After'), qr/^\d+$/, 'Retry-After');
    cmp_ok($r->header('Retry-After'), '<=', 900, 'within 15 minutes');
    like($r->body, qr/^denied,too_many_requests,/m, 'in CSV');

    # its own tries are taken back

    ok(renew($own), "renewal $_") for 1 .. 12;

    # what is switched off is a guess like others

    change($t, $own, enabled => JSON::PP::false);
    wrong($t->get("$get$own->{refresh}&dtype=json"), "off $_") for 1 .. 10;
    is($t->get("$get$own->{refresh}")->status, 429, 'and is counted');

    # a network

    forget();
    $t->get("${get}guess$_") for 1 .. 100;
    is($t->get("$get$code->{refresh}")->status, 429,
       'a hundred guesses from one network');
    forget();
    is($t->get("$get$code->{refresh}")->status, 200, 'some time later');
}


sub forget {
    $t->redis('DEL', $_) for @{ $t->redis('KEYS', '{g}:tries:*') };
}


# many at once: each gets one, two are good

sub races {
    my $own  = api_code($t, $account);
    my @new  = grep { defined } $t->parallel(8, sub { renew($own) });
    my $id   = $own->{id};
    my @good = grep { good($_) } @new;
    my $names = names();

    seen($own);
    $seen{$_} = 1 for @new;

    cmp_ok(scalar @new, '>=', 1, 'some are answered');
    is(scalar @good, @new > 1 ? 2 : 1, 'the last two are good');
    is(scalar(grep { $names->{$_} =~ /^c \Q$id\E\b/ } keys %$names), 2,
       'nothing else is kept');
    ok(good(renew($own, '&update=1')), 'and it goes on');
}


sub store_away {
    $t->stop_redis;

    my $r = $t->get("$get$code->{refresh}&dtype=json");

    is($r->status, 503, 'without a store');
    is($r->json->[0]{code}, 'unavailable', 'in the form that was asked for');
    is($r->header('Retry-After'), 1, 'Retry-After');

    # what it held is gone with it
    $t->start_redis;
    ok($t->wait_for(sub {
        $t->get("$get$code->{refresh}")->status == 401;
    }), 'it is asked again');
}


# ------------------------------------------------------------------- secrecy

sub secrets {
    my $logs = $t->kept_log . $t->access_log;

    like($logs, qr{/api/export\?get_api_code=true&refresh_code=\*{36}},
         'the log has it masked');
    cmp_ok(scalar keys %seen, '>', 40, 'there were secrets');
    is_deeply([grep { index($logs, $_) >= 0 } keys %seen], [],
              'none is in a log');
}
