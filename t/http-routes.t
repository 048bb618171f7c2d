#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Which addresses and methods there are; HEAD; /spore says the same.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Api;
use Tender::Test;


my $t = Tender::Test->new(location => <<'END');
        tender_anonymous write; tender_ownership off;

        location /api/0.1/ { tender_api 0.1; }
        location /api/0.2  { tender_api 0.1; }
        location = /one/spore { tender_api 0.1; }
        location ^~ /a/b/  { tender_api 0.1; }
END

my $c = $t->client;
my $tender = publish($t, { method => 'Open' });
my $id = $tender->{id};


# addresses that are none

my $not_found = [url => 'request', 'Not Found'];

for my $path ('', 'x', 'tenders/', "tenders/$id/", "tenders/$id/x", '/tenders',
              '/spore', "/tenders/$id", "tenders//$id", "tenders/$id//",
              'Tenders', 'TENDERS', 'spore/', 'Spore', 'tenders%2F',
              "tenders%2F$id", "tenders%2f$id", "tenders/$id%2F",
              'tenders%5C', 'tenders;x=1', 'tenders.json', 'tenders%20',
              'tenders%01', 'tenders/%ff', 'tenders/...',
              'x' x 300, 'a/' x 40, 'tenders:tender_id')
{
    my $name = substr $path, 0, 60;

    for my $method (qw(GET HEAD POST PUT PATCH DELETE BREW)) {
        my $r = $c->request($method, "/api/0.1/$path", undef,
                            $method =~ /^P/ ? '{"data":{}}' : undef);

        $method eq 'HEAD'
            ? is($r->status, 404, "HEAD $name")
            : refused($r, 404, $not_found, "$method $name");
    }
}

# nginx resolves these; the address as it was sent is what counts

for my $path ('/api/0.1/x/../tenders', '/api/0.1/./tenders',
              '/api//0.1/tenders', '//api/0.1/tenders',
              '/%61pi/0.1/tenders', '/x/../api/0.1/tenders',
              '/api/0.1/tenders/../tenders', '/api/0.1/%2e/tenders')
{
    refused($c->get($path), 404, $not_found, "GET $path");
}

is($c->get('/api/0.1/tenders/%00')->status, 400, 'a zero in a path');
is($c->get('/api/0.1/%zz')->status, 400, 'a broken escape in a path');

is($c->get('/api/0.1/%74enders')->status, 200, 'an escaped letter');
is($c->get("/api/0.1/tenders/%" . sprintf('%x', ord $id)
           . substr $id, 1)->json->{data}{id}, $id, 'an escape in an id');
is($c->get("http://localhost/api/0.1/tenders/$id")->status, 200,
   'an absolute address');

refused($c->get("/api/0.1/tenders/$_"), 404, [url => 'id', 'Not Found'],
        "id $_")
    for uc $id, substr($id, 1), "${id}0", '0' x 32, 'g' x 32,
        '%d1%82', "$id%20", "%20$id", '*', "{b0}:tender:$id", '%22',
        'x' x 3000;


# other prefixes

is($c->get('/api/0.2/tenders')->status, 200, 'a location without a slash');
is($c->get('/api/0.2/tenders?limit=1')->json->{next_page}{path}
   =~ s/\?.*//r, '/api/0.2/tenders', 'and its links');
refused($c->get('/api/0.20/tenders'), 404, $not_found,
        'another name that begins so');
refused($c->get('/api/0.2'), 404, $not_found, 'the prefix alone');
is($c->get('/a/b/tenders')->status, 200, 'a prefix of two parts');
is($c->post('/a/b/tenders', '{"data":{}}')->header('Location')
   =~ s/\w{32}$//r, $t->url('/a/b/tenders/'), 'and its Location');


# methods

my %allowed = (
    'tenders'      => 'GET, HEAD, POST',
    "tenders/$id"  => 'GET, HEAD, PUT, PATCH',
    'tenders/none' => 'GET, HEAD, PUT, PATCH',
    'spore'        => 'GET, HEAD',
);

my @methods = qw(GET HEAD POST PUT PATCH DELETE OPTIONS COPY MOVE LOCK
                 PROPFIND MKCOL BREW SEARCH);

for my $path (sort keys %allowed) {
    my %ok = map { $_ => 1 } split /, /, $allowed{$path};

    for my $method (@methods) {
        next if $ok{$method};

        for my $body (undef, '{"data":{}}', 'no JSON') {
            my $r = $c->request($method, "/api/0.1/$path", undef, $body);

            refused($r, 405, [url => 'request', 'Method Not Allowed'],
                    "$method $path");
            is_deeply([$r->header('Allow')], [$allowed{$path}],
                      "Allow for $path");
        }
    }
}

is($c->get('/api/0.1/tenders')->header('Allow'), undef,
   'no Allow where all is well');

my $r = $c->post("/api/0.1/tenders/$id", '{"data":{"method":"Limited"}}',
                 { 'X-HTTP-Method-Override' => 'PATCH' });

is($r->status, 405, 'no header makes another method');
is($c->get("/api/0.1/tenders/$id")->json->{data}{method}, 'Open',
   'nothing was changed');
is($c->request('TRACE', '/api/0.1/tenders')->status, 405, 'TRACE');
isnt($c->request('get', '/api/0.1/tenders')->status, 200, 'get');


# HEAD

sub headers { [grep { $_->[0] !~ /^(?:Date)$/i } $_[0]->headers] }

for my $path ('tenders', 'tenders?limit=1', "tenders/$id", 'spore',
              "tenders/$id?opt_pretty=1", 'tenders?opt_fields=status',
              'tenders?opt_jsonp=f', 'tenders/none', 'none', 'tenders/',
              'tenders?limit=0', 'tenders?x=%zz', 'tenders?offset=1')
{
    my $get  = $c->get("/api/0.1/$path");
    my $head = $c->head("/api/0.1/$path");

    is($head->status, $get->status, "HEAD $path");
    is_deeply(headers($head), headers($get), "HEAD $path: headers");
    is($head->header('Content-Length'), length $get->body,
       "HEAD $path: the length");
    is($head->body, '', "HEAD $path: no body");
}

is($t->raw("HEAD /api/0.1/tenders/$id HTTP/1.0\r\n\r\n") =~ s/.*\r\n\r\n//sr,
   '', 'really none');


# spore

$r = $c->get('/api/0.1/spore');

my $spore = $r->json;

is($r->header('Content-Type'), $Tender::Api::TYPE, 'spore');
is($spore->{version}, '0.1', 'its version');
is($spore->{base_url}, $t->url('/api/0.1'), 'where it is');
is_deeply($spore->{expected_status}, [200], 'expected_status');
ok(length $spore->{name}, 'a name');

my %described;

for my $name (sort keys %{ $spore->{methods} }) {
    my $m = $spore->{methods}{$name};

    like($name, qr/^\l$m->{method}_/i, "$name: named by its method");
    is_deeply($m->{formats}, ['json'], "$name: a format");
    ok(length $m->{description}, "$name: a description");
    is_deeply($m->{required_params} || [], [$m->{path} =~ /:(\w+)/g],
              "$name: its parameters");

    push @{ $described{ $m->{path} } }, $m->{method};

    my $r = answer($name, $m);

    is($r->status, $m->{method} eq 'POST' ? 201 : 200, "$name: it answers")
        or diag($r->head, $r->body);
}


# asks for a route that is described, of a tender that has what it names

sub answer {
    my ($name, $m) = @_;

    my %made = (bidders => '1' x 32, awards => '2' x 32);
    my $documents = $m->{path} =~ m{/documents};
    my ($kind) = $m->{path} =~ m{/(bidders|awards)/:\w+/documents};

    # there is an auction to be reported, and there are bids to be handed in,
    # as long as there is no award

    $made{tenders} = publish($t, {
        bids => [{ id => $made{bidders}, totalValue => { amount => 5 } }],
        $documents || $m->{path} =~ m{/awards/:}
        ? (awards => [{ awardID => $made{awards},
                        bid_id => $made{bidders} }]) : (),
    }, client => $c)->{id};

    $made{documents} = upload("tenders/$made{tenders}/"
                              . ($kind ? "$kind/$made{$kind}/" : '')
                              . 'documents')->json->{data}{id}
        if $m->{path} =~ m{/documents/};

    my $path = $m->{path} =~ s{(\w+)/:\w+}{$1/$made{$1}}gr;

    return upload(substr($path, 1), $m->{method})
        if $documents && $m->{method} =~ /^P(?:OST|UT)/;

    my $data = $path =~ m{/auction} ? { bids => [{ amount => 4 }] } : {};

    return $c->request($m->{method}, "/api/0.1$path", undef,
                       $m->{method} =~ /^P/ ? { data => $data } : undef);
}


sub upload {
    my ($path, $method) = @_;

    return $c->request($method || 'POST', "/api/0.1/$path",
                       { 'Content-Type' => 'text/plain',
                         'Content-Disposition' => 'attachment; filename="a"' },
                       'text');
}


# one name for each route, as in the original

my %routes = (
    'tenders'                        => 'GET HEAD POST',
    'tenders/:tender_id'             => 'GET HEAD PATCH PUT',
    'tenders/:tender_id/bidders'     => 'GET HEAD POST',
    'tenders/:tender_id/bidders/:id' => 'DELETE GET HEAD PATCH PUT',
    'tenders/:tender_id/awards'      => 'GET HEAD POST',
    'tenders/:tender_id/awards/:id'  => 'GET HEAD PATCH',
    'tenders/:tender_id/auction'     => 'GET HEAD PATCH',
    'spore'                          => 'GET HEAD',
    map { ("tenders/:tender_id/${_}documents"     => 'GET HEAD POST',
           "tenders/:tender_id/${_}documents/:id" => 'GET HEAD PATCH PUT') }
        '', 'bidders/:bid_id/', 'awards/:award_id/'
);

is_deeply({ map { substr($_, 1) => join ' ', sort @{ $described{$_} } }
            keys %described }, \%routes,
          'all methods that answer, and no other');

my %services = (
    'collection_tender'        => 'get head post',
    'tender'                   => 'get head patch put',
    'collection_tender bids'   => 'get head post',
    'tender bids'              => 'delete get head patch put',
    'collection_tender awards' => 'get head post',
    'tender awards'            => 'get head patch',
    'tender auction'           => 'get head patch',
    'spore'                    => 'get head',
    map { ("collection_tender $_" => 'get head post',
           "tender $_"            => 'get head patch put') }
        'documents', 'bid documents', 'award documents'
);

is_deeply([sort keys %{ $spore->{methods} }],
          [sort map { my $service = $_;
                      map { "${_}_$service" } split ' ', $services{$service} }
                keys %services], 'names as in the original');

refused($c->get('/one/spore'), 404, $not_found,
        'an exact location is a prefix, too');
is($c->get("/api/0.1/spore?opt_pretty=1")->json->{version}, '0.1',
   'with opt_pretty');

$t->finish;
done_testing;
