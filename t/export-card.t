#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# One tender at the export, by its id, its number and its public number: all
# fields of a card in each form, its documents, what nobody may see yet.

use strict;
use warnings;
use utf8;

use Test::More;

use lib 't/lib';
use Tender::Access;
use Tender::Api qw(:DEFAULT :life);
use Tender::Document qw(upload);
use Tender::Export;
use Tender::Test;


my $t    = export_test(http => "tender_timezone Europe/Kyiv;\n");
my $key  = key_of($t);
my $site = $t->url;

my $id = tender($t, {
    title => 'Труби', description => "Перша\nдруга",
    submissionMethod => 'Electronic Auction', method => 'Open',
    procuringEntity => { id => { name => 'Office', uid => '1' } },
    totalValue => { amount => 27.50, currency => 'UAH' },
    deliveryDate => '2030-05-01T00:00:00+03:00',
    tenderPeriod => { startDate => '2013-10-01T10:00:00Z',
                      endDate => '2013-10-31T22:30:00Z' },
    auctionPeriod => { startDate => '2013-11-05' },
    awardPeriod => { startDate => '2013-11-06T12:00:00Z' },
    attachments => [ { description => 'Plan & map',
                       uri => 'http://example.com/plan?a=1&b=2' } ],
    itemsToBeProcured => [
        { description => 'Труба | велика', unitOfMeasure => 'м',
          quantity => 5, valuePerUnit => { amount => 5.5 },
          primaryClassification => { scheme => 'CPV', id => '44163000-0',
                                     description => 'x' } },
        { description => 'Кран' },
    ],
});
my $card = sub { ask($t, $_[0], $key) };
my ($first) = (records($card->("dtype=json&id=$id")))[1];
my $number  = $first->{TenderNumOuter};

fields();
places();
documents();
forms();
missing();
sealed();

$t->finish;
done_testing;


sub fields {
    my %got = %$first;

    delete @got{qw(Date Modified TenderNumOuter)};

    is_deeply(\%got, {
        ID => '1', EndTime => '01-11-2013', TenderName => 'Труби',
        Category => 'x', Region => '', Etp => '127.0.0.1:' . $t->port,
        Fz => 'Open', Customer => 'Office', CustomerINN => '1',
        Price => '27.5', Currency => 'UAH',
        TenderLink => "$site/tenders/$id.html",
        TenderLinkInner => "$site/tenders/$id.html",
        ApiTenderInfo => "$site/api/export?id=1", EisLink => '',
        TenderType => 'Electronic Auction', Info => "Перша\nдруга",
        ObPrice => '',
        docsXML => { document => [
            { name => 'Plan & map',
              link => 'http://example.com/plan?a=1&b=2' } ] },
        productsXML => { product => [
            { ProductName => 'Труба | велика', ProductCode => '44163000-0',
              Izm => 'м', Kolvo => '5', edPrice => '5.5',
              ProductPrice => '' },
            { ProductName => 'Кран', ProductCode => '', Izm => '',
              Kolvo => '', edPrice => '', ProductPrice => '' } ] },
        contactName => '', contactPhone => '', contactEmail => '',
        deliveryPlace => '', delivery_term => '01-05-2030',
        biddingDate => '05-11-2013', request_receiving_date => '01-10-2013',
        request_receiving_end_date => '01-11-2013',
        request_examination_date => '06-11-2013',
        Status => 'active.tendering', Cpv => ['44163000-0'], Lots => '2',
    }, 'all fields of a card') or diag(explain(\%got));
}


sub places {
    my $r = $card->("dtype=json&id=$id");

    is($card->("dtype=json&$_")->body, $r->body, "the same: $_")
        for 'id=1', "tend_num=$number", 'tend_num=' . lc $number,
            "regNumber=$number", "id=1&tend_num=nothing";

    is($r->header('X-Total-Count'), 1, 'X-Total-Count');
    is($r->header('Link'), undef, 'no Link');

    # what ApiTenderInfo names

    my ($path) = $first->{ApiTenderInfo} =~ /^\Q$site\E(.*)/;

    is((reread($t->get("$path&api_code=$key")))[0]{ID}, '1',
       'ApiTenderInfo leads to it');
}


sub documents {
    upload($t, "/api/0.1/tenders/$id/documents", 'text',
           name => utf8('план.txt'));
    my ($got) = (records($card->('dtype=json&id=1')))[1];
    my $docs  = $got->{docsXML}{document};

    is(scalar @$docs, 2, 'a document was uploaded');
    is($docs->[0]{name}, 'план.txt', 'its name');
    like($docs->[0]{link},
         qr{^\Q$site\E/api/0\.1/tenders/$id/documents/[0-9a-f]{32}
            \?download=[0-9a-f]+$}x, 'its link');

    my ($path) = $docs->[0]{link} =~ /^\Q$site\E(.*)/;

    is($t->get($path)->body, 'text', 'which leads to its bytes');

    # of a document that has versions the newest one is shown

    my ($place) = $path =~ /^([^?]+)/;
    my $again = upload($t, $place, 'newer', name => 'c.txt',
                       method => 'PUT');

    is($again->status, 200, 'a new version') or diag($again->body);

    my @docs = @{ (records($card->('dtype=json&id=1')))[1]{docsXML}
                                                           {document} };

    is(join(' ', map { $_->{name} } @docs), 'c.txt Plan & map',
       'is shown alone');
    is($t->get($docs[0]{link} =~ s/^\Q$site\E//r)->body, 'newer',
       'with its bytes');

    my $tag = $card->('id=1')->header('ETag');

    upload($t, "/api/0.1/tenders/$id/documents", 'other', name => 'b.txt');
    isnt($card->('id=1')->header('ETag'), $tag,
         'another document, another tag');
    $tag = $card->('id=1')->header('ETag');
    is(ask($t, 'id=1', $key, { 'If-None-Match' => $tag })->status, 304,
       'else 304');
}


sub forms {
    my ($json) = reread($card->('dtype=json&id=1'));
    my ($xml)  = reread($card->('id=1'));
    my ($line) = reread($card->('dtype=ndjson&id=1'));
    my ($csv)  = reread($card->('dtype=csv&id=1'));

    is_deeply($line, $json, 'NDJSON');

    # the reader makes lists of all that is below

    my $deep = sub {
        my ($list) = @_;

        return [ map { my $e = $_; +{ map { $_ => [$e->{$_}] } keys %$e } }
                 @$list ];
    };

    $json->{docsXML}{document} = $deep->($json->{docsXML}{document});
    $json->{productsXML}{product} = $deep->($json->{productsXML}{product});
    is_deeply($xml, $json, 'XML') or diag(explain($xml));

    is($csv->{productsXML},
       'Труба | велика, 44163000-0, м, 5, 5.5 | Кран', 'a list in CSV');
    like($csv->{docsXML}, qr{^c\.txt, http.* \| Plan & map, http://e},
         'one of documents');
    is($csv->{Info}, "Перша\nдруга", 'two lines in one cell');

    is($card->('id=1&dtype=json&fields=ID,Info')->body,
       '[{"Total":"1"},{"ID":"1","Info":"Перша\\nдруга"}]'
           =~ s/([^\x00-\x7f]+)/utf8($1)/ger, 'fields');
}


sub utf8 {
    my ($text) = @_;

    utf8::encode($text);

    return $text;
}


sub missing {
    my $none = qr/There is no such tender$/;

    denied($card->("dtype=json&$_"), 404, 'not_found', $none, $_)
        for 'id=0', 'id=2', 'id=99999999999', 'id=' . '0' x 32,
            'tend_num=UA-2014-X-1', 'tend_num=-', 'regNumber=' . 'x' x 200;
    denied($card->("dtype=csv&id=2"), 404, 'not_found', $none, 'in CSV');
    denied($card->("id=2"), 404, 'not_found', $none, 'in XML');
    denied($card->("dtype=json&id=$_"), 400, 'bad_request',
           qr/^id: Expected a number or 32/, "id=$_")
        for 'x', '01', '-1', '1.0', 'A' x 32, '0' x 31, "${id}0";
    is($card->('dtype=json&id=&kwords=nothing')->body, '[{"Total":"0"}]',
       'an empty one is none');
}


# no bid is ever shown, and none is found

sub sealed {
    my $own = issue($t, { title => 'Gated' }, from => -60, till => 3600);

    offer($t, $own, { bidders => [ { id => { name => 'Secretbidder' } } ],
                      totalValue => { amount => 77777 } });

    for my $dtype (qw(json xml csv ndjson)) {
        my $r = $card->("dtype=$dtype&id=$own->{id}");

        is($r->status, 200, "$dtype: a tender that takes bids");
        unlike($r->body, qr/secretbidder|77777/i, 'shows none of them');
    }

    is($card->('dtype=json&kwords=secretbidder')->body, '[{"Total":"0"}]',
       'a bidder is not found');
    is($card->('dtype=json&price1=77777')->body, '[{"Total":"0"}]',
       'nor is a price');
    unlike($card->('dtype=json&all=1')->body, qr/secretbidder|77777/i,
           'nor is it among all');

    # not when bids are open either

    put_stage($t, $own->{id}, 'active.qualification');
    unlike($card->("dtype=json&id=$own->{id}")->body, qr/secretbidder/i,
           'later neither');
}
