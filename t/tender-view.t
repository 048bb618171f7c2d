#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# A tender with its bids, awards and documents: they are put into it as they
# are stored, and the answer is what it would be if it had been written whole.

use strict;
use warnings;
use utf8;

use Encode qw(encode_utf8);
use Test::More;

use lib 't/lib';
use Tender::Api qw(:DEFAULT :life);
use Tender::Document qw(upload);
use Tender::Test;


my $t = Tender::Test->new(workers => 2, location => <<'END');
        location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                             tender_ownership off; tender_max_bids 1000; }
END

my $c = $t->client;
my $path = '/api/0.1/tenders';


# the indented form of compact JSON

sub indented {
    my ($json) = @_;

    my ($out, $depth, $string) = ('', 0, '');

    while ($json =~ /\G("(?:[^"\\]|\\.)*"|[^"])/gs) {
        my $token = $1;

        if ($token =~ /^[\{\[]$/) {
            if ($json =~ /\G([\}\]])/gc) {
                $out .= "$token$1";
                next;
            }
            $out .= $token . "\n" . '    ' x ++$depth;

        } elsif ($token =~ /^[\}\]]$/) {
            $out .= "\n" . '    ' x --$depth . $token;

        } elsif ($token eq ',') {
            $out .= ",\n" . '    ' x $depth;

        } else {
            $out .= $token eq ':' ? ': ' : $token;
        }
    }

    return $out;
}

# which is how the module writes what has no parts

{
    my $plain = issue($t, { title => "a:{\"b\":[1,2]}, \\ \x{454}\n",
                            features => [], itemsToBeProcured => [
        { description => '{}', quantity => 5 }, {} ] });

    is($c->get("$plain->{url}?opt_pretty=1")->body,
       indented($c->get($plain->{url})->body),
       'the indented form of a tender without parts');
}


# in order, in both forms

my $tender = issue($t, { title => 'T' });
my @bids = map { offer($t, $tender, {
                     totalValue => { amount => $_ },
                     bidders => [{ id => { name => "{\"$_\": [\\]}" } }],
                 }) }
           1 .. 5;
my $doc = upload($c, "$tender->{url}/documents", 'x',
                 name => encode_utf8('план.pdf'))->json->{data};

$c->patch($bids[1]{url}, '{"data":{"totalValue":{"amount":0.5}}}');

{
    my $r = $c->get($tender->{url});
    my $data = $r->json->{data};
    my $bare = $r->body =~ s/,"numberOfBids".*//r;

    is($bare, $c->get($tender->{url})->body =~ s/,"numberOfBids".*//r,
       'first what it is itself');
    is_deeply([map { $_->{id} } @{ $data->{bids} }],
              [map { $bids[$_]{id} } 0, 2, 3, 4, 1], 'bids by their dates');
    is($data->{numberOfBids}, 5, 'five of them');
    is_deeply([map { $_->{id} } @{ $data->{documents} }], [$doc->{id}],
              'its documents');
    is($data->{awards}, undef, 'no awards, no list');

    my @parts = map { my $bid = $bids[$_];
                      $c->get("$bid->{url}?opt_sealed=1")->body }
                0, 2, 3, 4, 1;

    like($r->body, qr/,"numberOfBids":5,"bids":\[\Q${\join ',', @parts}\E\],
                      "documents":\[\{[^\]]*\}\]\}\}$/x,
         'each as it is stored');
    is($c->get("$tender->{url}?opt_pretty=1")->body, indented($r->body),
       'indented');
    is($c->get("$tender->{url}/bidders?opt_pretty=1")->body,
       indented($c->get("$tender->{url}/bidders")->body), 'the list, too');
    is($c->get("$tender->{url}?opt_jsonp=f")->body,
       '/**/f(' . $r->body . ');', 'as JSONP');
    is($c->get("$tender->{url}?opt_pretty=1&opt_jsonp=f")->body,
       '/**/f(' . indented($r->body) . ');', 'as both');
    is_deeply([map { [grep { $_->[0] ne 'Date' } $_->headers] }
               $c->head($tender->{url})],
              [map { [grep { $_->[0] ne 'Date' } $_->headers] } $r],
              'HEAD has the headers of GET');
}

# with awards, of which there are two kinds

{
    my $r = $c->post("$tender->{url}/awards", { data => {
        bid_id => $bids[0]{id}, awardStatus => 'unsuccessful' } });

    is($r->status, 201, 'an award') or diag($r->body);

    my $one = $r->json->{data};
    my $two = $c->post("$tender->{url}/awards", { data => {
        bid_id => $bids[1]{id} } })->json->{data};

    $r = $c->get($tender->{url});
    is_deeply($r->json->{data}{awards}, [$one, $two], 'awards, in order');
    is(join(' ', $r->body =~ /"(numberOfBids|bids|awards|documents)":/g),
       'numberOfBids bids awards documents', 'behind the bids');
    is($c->get("$tender->{url}?opt_pretty=1")->body, indented($r->body),
       'indented');

    my $patch = $c->patch("$tender->{url}?opt_pretty=1",
                          '{"data":{"status":"cancelled"}}');

    is($patch->status, 200, 'the answer to a change') or diag($patch->body);
    is($patch->body, $c->get("$tender->{url}?opt_pretty=1")->body,
       'has all of it, too');
}


# the tag

{
    my $open = issue($t);
    my ($etag, @tags) = ($c->get($open->{url})->header('ETag'));
    my $fresh = sub {
        my ($name) = @_;

        my $r = $c->get($open->{url}, { 'If-None-Match' => $etag });

        is($r->status, 200, "$name: the old tag does not hold");
        push @tags, $etag;
        $etag = $r->header('ETag');
        is($r->body, $c->get($open->{url})->body, 'the answer is the new one');
        is($c->get($open->{url}, { 'If-None-Match' => $etag })->status, 304,
           'the new tag holds');
        is($c->get("$open->{url}?opt_pretty=1",
                   { 'If-None-Match' => $etag })->status, 200,
           'for one form');
        is($c->get("$open->{url}?opt_pretty=1",
                   { 'If-None-Match' => $etag =~ s/"$/-p"/r })->status, 304,
           'the other has its own');
        is($r->json->{data}{modified},
           $c->get("$path?descending=1&limit=1")
             ->json->{data}[0]{modified}, 'the list knows');
    };

    my $one = offer($t, $open, 5);
    $fresh->('a bid');
    offer($t, $open, 6);
    $fresh->('another bid');
    $c->patch($one->{url}, '{"data":{"totalValue":{"amount":4}}}');
    $fresh->('a change');
    $c->patch($one->{url}, '{"data":{"status":"validBid"}}');
    $fresh->('a judgement');
    $c->delete($one->{url});
    $fresh->('a withdrawal');

    $c->patch($open->{url}, '{"data":{"title":"x"}}');
    $fresh->('the tender itself');
    is(keys %{ { map { $_ => 1 } @tags, $etag } }, 7, 'no tag came twice');

    # who has read it before a bid came changes another state
    refused($c->patch($open->{url}, '{"data":{"title":"y"}}',
                      { 'If-Match' => $tags[0] }), 412,
            [header => 'If-Match', 'It has changed since it was read'],
            'If-Match of an old tag');
    is($c->patch($open->{url}, '{"data":{"title":"y"}}',
                 { 'If-Match' => $etag })->status, 200, 'of the new one');
    is(stored($t, $open->{id})->{rev}, 3, 'its revisions are its own changes');
}


# bids do not stand in the way of a change of the tender

{
    my $busy = issue($t);
    my $n = 40;
    my @results = $t->parallel(6, sub {
        my ($i) = @_;

        my $mine = $t->client;
        my %status;

        for (1 .. $n) {
            my $r = $i < 4
                  ? $mine->post("$busy->{url}/bidders", { data => {
                        bidders => [{ id => { name => "$i $_" } }] } })
                  : $mine->patch($busy->{url}, { data => {
                        ($i == 4 ? 'title' : 'description') => "$_" } });

            $status{ $r->status }++;
        }

        return \%status;
    });

    is_deeply(\@results, [({ 201 => $n }) x 4, ({ 200 => $n }) x 2],
              'all bids and all changes are taken');

    my $data = $c->get($busy->{url})->json->{data};

    is($data->{numberOfBids}, 4 * $n, 'every bid is there');
    is_deeply([sort map { $_->{bidders}[0]{id}{name} } @{ $data->{bids} }],
              [sort map { my $i = $_; map { "$i $_" } 1 .. $n } 0 .. 3],
              'with what it said');
    is("$data->{title} $data->{description}", "$n $n", 'and every change');
    is(stored($t, $busy->{id})->{rev}, 1 + 2 * $n, 'each is a revision');
    is(scalar(revisions($t, $busy->{id})), 2 * $n, 'that can be undone');

    my @dates = map { $_->{date} } @{ $data->{bids} };

    is_deeply(\@dates, [sort @dates], 'in the order of their dates');

    # so many commits, yet it is in each list once
    is(scalar(grep { /^$busy->{id}/ }
              @{ $t->redis('ZRANGE', '{b0}:feed', 0, -1) }), 1,
       'once in the list');
    is(scalar(grep { /^$busy->{id}/ }
              @{ $t->redis('ZRANGE', '{b0}:idx:status:active.tendering', 0,
                           -1) }), 1, 'and in that of its status');
}


# a thousand bids

{
    my $large = issue($t, { title => 'large' });
    my %ids;

    $t->parallel(4, sub {
        my ($i) = @_;

        my $mine = $t->client;

        for (1 .. 250) {
            my $r = $mine->post("$large->{url}/bidders", { data => {
                totalValue => { amount => 1000 * $i + $_ },
                bidders => [{ id => { name => "Bidder $i $_: "
                                              . 'x' x 200 } }] } });

            die $r->body if $r->status != 201;
        }

        return 1;
    });

    my $r = $c->get($large->{url});
    my $data = $r->json->{data};
    my $list = $c->get("$large->{url}/bidders");

    is($data->{numberOfBids}, 1000, 'a thousand bids');
    is(scalar @{ $data->{bids} }, 1000, 'all of them are shown');
    is(keys %{ { map { $_->{totalValue}{amount} => 1 } @{ $data->{bids} } } },
       1000, 'each once');
    is_deeply($list->json->{data}, $data->{bids}, 'the list has the same');
    ok($c->get("$large->{url}?opt_pretty=1")->body eq indented($r->body),
       'indented');
    ok($c->get("$large->{url}/bidders?opt_pretty=1")->body
       eq indented($list->body), 'the list, too');
    refused($c->post("$large->{url}/bidders", '{"data":{}}'), 403,
            [body => 'data', "Can't add bid: the tender has as many as it "
                             . 'takes'], 'there may be no more');

    my $some = $data->{bids}[500];

    is_deeply($c->get("$large->{url}/bidders/$some->{id}")->json->{data},
              $some, 'one of them');
    is($c->patch("$large->{url}/bidders/$some->{id}",
                 '{"data":{"totalValue":{"amount":0}}}')->status, 200,
       'which changes');
    is($c->get($large->{url})->json->{data}{bids}[999]{id}, $some->{id},
       'and is the last one then');
    is($c->patch($large->{url}, '{"data":{"title":"still"}}')
         ->json->{data}{numberOfBids}, 1000, 'the tender can be changed');
    is($c->delete("$large->{url}/bidders/$some->{id}")->status, 200,
       'one is withdrawn');
    is($c->get($large->{url})->json->{data}{numberOfBids}, 999,
       'one fewer');
    is($c->post("$large->{url}/bidders", '{"data":{}}')->status, 201,
       'and there is room again');
}

$t->finish;
done_testing;
