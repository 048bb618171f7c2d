#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Who may add documents, and when: of tenders, of bids, of awards.  What is
# in a bid is as secret as the bid.

use strict;
use warnings;

use Test::More;
use Time::HiRes qw(sleep);

use lib 't/lib';
use Tender::Api;
use Tender::Clock;
use Tender::Document;
use Tender::Test;


my $t = Tender::Test->new(location => <<'END');
        tender_anonymous write;
        client_max_body_size 4m;

        location /api/0.1/ { tender_api 0.1; }
        location /free/    { tender_api 0.1; tender_ownership off; }
END
my $c = $t->client;

my $NOBODY    = 'f' x 32;
my @FORBIDDEN = (403, [url => 'permission', 'Forbidden']);
my @CLOSED    = (403, [body => 'data', "Can't add or update document: "
                                       . 'tenderPeriod.endDate has passed']);
my @JUDGED    = (403, [body => 'data', "Can't add document because award of "
                                       . 'bid is not in pending state']);

sub data    { $_[0]->json->{data} }
sub missing { (404, [url => $_[0], 'Not Found']) }

sub not_now {
    my ($act, $status) = @_;

    return (403, [body => 'data',
                  "Can't $act in current ($status) tender status"]);
}

sub sealed { not_now('view bid documents', $_[0] || 'active.tendering') }


# all that a client may ask of documents: [method, path, body ...]

sub requests {
    my ($path, $doc, $key) = @_;

    return map { [@$_] } (
        [GET  => $path], [GET => "$path?all=1"], [GET => "$path/$doc"],
        [GET  => "$path/$doc?download=$key"],
        [HEAD => "$path/$doc?download=$key"],
        [POST => $path], [PUT => "$path/$doc"],
        [PATCH => "$path/$doc", { data => { title => 'x' } }],
    );
}


sub ask {
    my ($method, $path, $body, $token) = @_;

    return upload($c, $path, 'bytes', method => $method, token => $token)
        if $method eq 'POST' || $method eq 'PUT';

    return $c->request($method, $path,
                       $token ? { 'X-Access-Token' => $token } : {}, $body);
}


# documents of a tender: its owner, in enquiries

{
    my $tender = gated($t, enquiries => 1.2, start => 1.2, end => 60);
    my $path   = "$API/$tender->{id}/documents";

    refused(upload($c, $path, 'x'), @FORBIDDEN, 'no token');
    refused(upload($c, $path, 'x', token => $NOBODY), @FORBIDDEN,
            'another token');

    my $r   = upload($c, $path, 'x', token => $tender->{token});
    my $doc = data($r);

    is($r->status, 201, 'the owner');
    is($r->header('Cache-Control'), 'no-store', 'nobody keeps the answer');
    is(upload($c, "$path?acc_token=$tender->{token}", 'y')->status, 201,
       'the token in the address');
    unlike($r->header('Location'), qr/token/, 'it is not handed on');

    refused(upload($c, "$path/$doc->{id}", 'x', method => 'PUT'), @FORBIDDEN,
            'a version, no token');
    refused($c->patch("$path/$doc->{id}", { data => { title => 'x' } }),
            @FORBIDDEN, 'PATCH, no token');
    is($c->patch("$path/$doc->{id}", { data => { title => 'x' },
                                       access => { token => $tender->{token} },
       })->status, 200, 'PATCH with a token in the body');
    is($c->get(below($doc->{url}))->body, 'x', 'all may download');

    # the clock decides, when all of it is there

    my ($type, $body) = form({ name => 'file', filename => 'x',
                               data => 'x' x 600_000 });
    my $late = $t->client;

    $late->send("POST $path?acc_token=$tender->{token} HTTP/1.1\r\nHost: a\r\n"
                . "Content-Type: $type\r\nContent-Length: " . length($body)
                . "\r\n\r\n" . substr $body, 0, 400_000);
    turned($t, $tender, 'active.tendering');
    $late->send(substr $body, 400_000);
    $late->{deadline} = 0;

    refused($late->receive, not_now('add document', 'active.tendering'),
            'an upload that began in time');
    is_deeply([left($t)], [], 'leaves nothing');
    refused(upload($c, $path, 'x', token => $tender->{token}),
            not_now('add document', 'active.tendering'), 'too late');
    refused(upload($c, "$path/$doc->{id}", 'x', method => 'PUT',
                   token => $tender->{token}),
            not_now('update document', 'active.tendering'),
            'too late for a version');
    refused($c->request('PATCH', "$path/$doc->{id}",
                        { 'X-Access-Token' => $tender->{token} },
                        { data => { title => 'x' } }),
            not_now('update document', 'active.tendering'),
            'too late for words');
    is(@{ data($c->get($path)) }, 2, 'nothing of that is there');
}


# documents of a sealed bid

my $tender = gated($t, start => -1, end => 30);
my $bid    = bid($t, $tender, 490);
my $other  = bid($t, $tender, 480);
my $path   = "$API/$tender->{id}/bidders/$bid->{id}/documents";
my $canary = 'canary-4f1c';

sub traces {
    my $r = $c->get("$API/$tender->{id}");

    return join ' ', $r->header('ETag'), $r->body, $c->get($API)->body,
           $t->redis('XLEN', '{b0}:events');
}

my $before = traces();
my $r      = upload($c, $path, "$canary bytes", name => "$canary.txt",
                    token => $bid->{token});
my $doc    = data($r);
my ($key)  = $doc->{url} =~ /download=(\w+)$/;

is($r->status, 201, 'the bidder adds a document') or diag($r->body);
is($r->header('Cache-Control'), 'no-store', 'nobody keeps the answer');
is(traces(), $before, 'nothing that others see has moved');

my %asked = map { ("$_->[0] $_->[1]" => $_) }
            requests($path, $doc->{id}, $key);
my $words;

for (sort keys %asked) {
    my ($method, $url, $body) = @{ $asked{$_} };

    for my $token (undef, $NOBODY, $tender->{token}, $other->{token}) {
        for my $what ($url, $url =~ s/$bid->{id}/$NOBODY/r,
                      $url =~ s/$doc->{id}/$NOBODY/r,
                      $url =~ s/download=\w+/download=$NOBODY/r,
                      $url =~ s/$bid->{id}/$other->{id}/r)
        {
            next if ($token // '') eq $other->{token}
                    && $what =~ /$other->{id}/;

            my $r = ask($method, $what, $body, $token);
            my $head = join ' ', sort map { $_->[0] } $r->headers;

            if ($method eq 'HEAD') {
                is($r->status, 403, 'HEAD: the same refusal');
                next;
            }

            $words ||= "$head\n" . $r->body;
            is("$head\n" . $r->body, $words,
               "$method: the same refusal, whatever there is");
        }
    }
}

refused($c->get($path), sealed(), 'which says this');
is($c->get($path)->header('Cache-Control'), 'no-store', 'and is not kept');

# so many questions to the store, whatever there is

{
    my $calls = sub {
        my $info = $t->redis('INFO', 'commandstats');

        return join ' ', map { $info =~ /cmdstat_$_:calls=(\d+)/ ? $1 : 0 }
                         qw(hget hmget hvals evalsha hexists hlen);
    };
    my %cost;

    for my $url ($path, $path =~ s/$bid->{id}/$NOBODY/r) {
        my @before = split ' ', $calls->();

        $c->get($url);

        my @after = split ' ', $calls->();

        $cost{join ' ', map { $after[$_] - $before[$_] } 0 .. $#after} = 1;
    }

    is(keys %cost, 1, 'the store is asked the same: ' . join ', ', keys %cost);
}

# its owner sees it

is_deeply(data(ask(GET => $path, undef, $bid->{token})), [$doc], 'the list');
is_deeply(data(ask(GET => "$path/$doc->{id}", undef, $bid->{token})), $doc,
          'the record');
$r = ask(GET => below($doc->{url}), undef, $bid->{token});
is($r->body, "$canary bytes", 'the bytes');
is($r->header('Cache-Control'), 'no-store', 'for nobody to keep');
is(ask(GET => below($doc->{url}), undef, $bid->{token})
   ->header('Content-Type'), 'application/octet-stream', 'their type');

my $second = data(upload($c, "$path/$doc->{id}", "$canary two",
                         method => 'PUT', token => $bid->{token},
                         name => "$canary.2"));

is($second->{title}, "$canary.2", 'a version');
is(data(ask(PATCH => "$path/$doc->{id}", { data => { description => $canary } },
            $bid->{token}))->{description}, $canary, 'words');
is(traces(), $before, 'nothing that others see has moved, still');
refused(ask(GET => "$path/$NOBODY", undef, $bid->{token}),
        missing('id'), 'the owner is told what is not there');
refused(ask(GET => "$path/$doc->{id}?download=$NOBODY", undef, $bid->{token}),
        missing('download'), 'so with keys');
unlike($t->access_log . $t->kept_log,
       qr/$canary|$key|$bid->{token}/, 'none of it is in a log');

# where nobody owns anything

my $free = $path =~ s{/api/0\.1}{/free}r;

refused($c->get($free), sealed(), 'ownership off: nobody looks');
refused($c->get("$free/$doc->{id}"), sealed(), 'at a record');
refused($c->get("$free/$doc->{id}?download=$key"), sealed(), 'or at bytes');
is(upload($c, $free, 'free')->status, 201, 'but may add');
refused(upload($c, $free =~ s/$bid->{id}/$NOBODY/r, 'free'),
        missing('bid_id'), 'to a bid that there is');
is(@{ data(ask(GET => $path, undef, $bid->{token})) }, 2, 'it is there');


# at the end of tendering, two bids: the auction

my $short = gated($t, start => -1, end => 1.5);
my @bids  = map { bid($t, $short, $_) } 490, 480;
my $inside = "$API/$short->{id}/bidders/$bids[0]{id}/documents";
my $one    = data(upload($c, $inside, 'one', token => $bids[0]{token}));

{
    my ($type, $body) = form({ name => 'file', filename => 'x',
                               data => 'x' x 600_000 });
    my $late = $t->client;

    $late->send("POST $inside?acc_token=$bids[0]{token} HTTP/1.1\r\nHost: a\r\n"
                . "Content-Type: $type\r\nContent-Length: " . length($body)
                . "\r\n\r\n" . substr $body, 0, 400_000);
    until_us($t, $short->{end});
    $late->send(substr $body, 400_000);

    my $r = $late->receive;

    is($r->status, 403, 'an upload that began in time');
    like($r->json->{errors}[0]{description},
         qr/endDate has passed|\(active\.auction\)/, 'is too late');
    is_deeply([left($t)], [], 'leaves nothing');
}

turned($t, $short, 'active.auction');
refused($c->get($inside), sealed('active.auction'), 'bids stay sealed');
is(data(ask(GET => $inside, undef, $bids[0]{token}))->[0]{id}, $one->{id},
   'their owners see them');
refused(upload($c, $inside, 'x', token => $bids[0]{token}),
        not_now('add document', 'active.auction'), 'none is added');
refused(ask(PATCH => "$inside/$one->{id}", { data => { title => 'x' } },
            $bids[0]{token}),
        not_now('update document', 'active.auction'), 'nor described');


# one bid: it is awarded at once, for the owner to decide

my $single = gated($t, start => -1, end => 1.5);
my $only   = bid($t, $single, 450);
my $docs   = "$API/$single->{id}/bidders/$only->{id}/documents";
my $public = data(upload($c, $docs, 'opened', token => $only->{token}));

refused($c->get($docs), sealed(), 'sealed');

my $shown = turned($t, $single, 'active.qualification');

is_deeply(data($c->get($docs)), [$public], 'open: all see it');
is_deeply(data($c->get("$docs/$public->{id}")), $public, 'its record');
$r = $c->get(below($public->{url}));
is($r->body, 'opened', 'and its bytes');
is($r->header('Cache-Control'), undef, 'which may be kept');
refused($c->get($docs =~ s/$only->{id}/$NOBODY/r), missing('bid_id'),
        'now a bid that is not there is told');

my $moved = $c->get("$API/$single->{id}")->json->{data}{modified};

is(upload($c, $docs, 'more', token => $only->{token})->status, 201,
   'while its award is pending, the bidder may add');
cmp_ok($c->get("$API/$single->{id}")->json->{data}{modified}, 'gt', $moved,
       'the tender moves');
refused(upload($c, $docs, 'more'), @FORBIDDEN, 'nobody else may');


# documents of awards: the owner of the tender

my $award  = $shown->{awards}[0]{awardID};
my $awards = "$API/$single->{id}/awards/$award/documents";

is_deeply(data($c->get($awards)), [], 'an award without documents');
refused($c->get($awards =~ s/$award/$NOBODY/r), missing('award_id'),
        'no such award');
refused(upload($c, $awards =~ s/$award/$NOBODY/r, 'x',
               token => $single->{token}), missing('award_id'),
        'POST: no such award');
refused($c->get($awards =~ s/$single->{id}/$NOBODY/r), missing('tender_id'),
        'no such tender');
refused(upload($c, $awards, 'x', token => $only->{token}), @FORBIDDEN,
        'the bidder');
refused(upload($c, $awards, 'x'), @FORBIDDEN, 'nobody');

$r = upload($c, $awards, 'minutes', token => $single->{token},
            name => 'minutes.pdf', type => 'application/pdf');
is($r->status, 201, 'the owner of the tender');

my $minutes = data($r);

like($r->header('Location'), qr{\Q$awards/$minutes->{id}\E$}, 'its address');
is($c->get(below($minutes->{url}))->body, 'minutes', 'all may read it');
is(upload($c, "$awards/$minutes->{id}", 'x', method => 'PUT',
          token => $single->{token})->status, 200, 'a version');
is(@{ data($c->get("$awards/$minutes->{id}"))->{previousVersions} }, 1,
   'after the first one');
ok(!exists $c->get("$API/$single->{id}")->json->{data}{documents},
   'it is none of the tender');

# the award is decided

$r = $c->request('PATCH', "$API/$single->{id}/awards/$award",
                 { 'X-Access-Token' => $single->{token} },
                 { data => { awardStatus => 'active' } });
is($r->status, 200, 'the award is active') or diag($r->body);
refused(upload($c, $docs, 'x', token => $only->{token}),
        not_now('add document', 'active.awarded'), 'the bidder is too late');
refused(upload($c, $awards, 'x', token => $single->{token}),
        not_now('add document', 'active.awarded'), 'so is the owner');


# after the auction the best bid has a pending award, the other one has none

$r = $c->patch("/free/tenders/$short->{id}/auction", { data => { bids => [
    map { { id => $bids[$_]{id}, totalValue => { amount => 470 - 5 * $_ } } }
    0 .. 1,
] } });
is($r->status, 200, 'the auction is reported') or diag($r->body);
turned($t, $short, 'active.qualification');

my $best = $inside =~ s/$bids[0]{id}/$bids[1]{id}/r;

is(upload($c, $best, 'x', token => $bids[1]{token})->status, 201,
   'the bid with the award');
refused(upload($c, $inside, 'x' x 300_000, token => $bids[0]{token}), @JUDGED,
        'the other one');
refused(ask(PUT => "$inside/$one->{id}", undef, $bids[0]{token}), @JUDGED,
        'nor a version of it');
refused(ask(PATCH => "$inside/$one->{id}", { data => { title => 'x' } },
            $bids[0]{token}), @JUDGED, 'nor words');
is_deeply([left($t)], [], 'nothing is left');
is_deeply(data($c->get($inside)), [$one], 'all see what there is');


# a tender without time gate

{
    my $old = $t->post($API, { data => {
        totalValue   => { amount => 500, currency => 'UAH' },
        tenderPeriod => { endDate => '2014-11-06T10:00:00' },
    } })->json;
    my $id  = $old->{data}{id};
    my $own = bid($t, { id => $id }, 400);
    my $in  = "$API/$id/bidders/$own->{id}/documents";

    is(upload($c, $in, 'x', token => $own->{token})->status, 201,
       'no time gate: a bid takes documents');
    is(data($c->get($in))->[0]{size}, 1, 'which all see');
    refused(upload($c, $in, 'x'), @FORBIDDEN, 'others add none');
    is(upload($c, "$API/$id/documents", 'x', token => $old->{access}{token})
       ->status, 201, 'so does the tender');
    is($c->delete("$API/$id/bidders/$own->{id}?acc_token=$own->{token}")
       ->status, 200, 'the bid is withdrawn');
    refused($c->get($in), missing('bid_id'), 'with its documents');
}



# where nothing is owned, a document may be added to a sealed bid, but neither
# looked at nor replaced without the bid's token

{
    my $t = Tender::Test->new;
    my $end = Tender::Api::date_in(3600) . 'Z';
    my $id = $t->post('/api/0.1/tenders', qq({"data":{"tenderPeriod":)
                      . qq({"endDate":"$end"}}}))->json->{data}{id};
    my $bid = $t->post("/api/0.1/tenders/$id/bidders",
                       '{"data":{"totalValue":{"amount":5}}}')->json;
    my $url = "/api/0.1/tenders/$id/bidders/$bid->{data}{id}/documents";
    my %file = ('Content-Type' => 'text/plain',
                'Content-Disposition' => 'attachment; filename="a"');
    my $made = $t->request('POST', $url, \%file, 'text');

    is($made->status, 201, 'anybody adds one');

    my $one = "$url/" . $made->json->{data}{id};
    my $own = { 'X-Access-Token' => $bid->{access}{token} };

    is($t->patch($one, '{"data":{}}')->status, 403, 'not described');
    is($t->request('PUT', $one, \%file, 'new')->status, 403, 'not replaced');
    is($t->patch($one, '{"data":{}}', $own)->status, 200, 'but by the bidder');
    is($t->patch($one, '{"data":{"title":"b"}}',
                 { %$own, 'If-Match' => '"00000000000000"' })->status, 412,
       'if it is what he has read');
    $t->finish;
}

$t->finish;
done_testing;
